import pg from 'pg';

/**
 * Writes down who claims a cursor and who moves it, in the order in which the row was changed. Who: the name of the
 * connection, which is the process and its run. It stands in the database, so that no code under test has a hand in it.
 */
const witness = `
  CREATE TABLE IF NOT EXISTS public.cursor_write (
    n         bigserial   PRIMARY KEY,
    cursor    text        NOT NULL,
    kind      text        NOT NULL,
    epoch     bigint      NOT NULL,
    writer    text        NOT NULL,
    reached   text,
    at        timestamptz NOT NULL DEFAULT clock_timestamp());

  CREATE OR REPLACE FUNCTION public.witness_shard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.epoch <> OLD.epoch THEN
      INSERT INTO public.cursor_write (cursor, kind, epoch, writer)
      VALUES ('relay ' || NEW.shard, 'claim', NEW.epoch, current_setting('application_name'));
    ELSIF (NEW.prev::text, NEW.target::text, NEW.position) IS DISTINCT FROM (OLD.prev::text, OLD.target::text, OLD.position) THEN
      INSERT INTO public.cursor_write (cursor, kind, epoch, writer, reached)
      VALUES ('relay ' || NEW.shard, 'move', NEW.epoch, current_setting('application_name'), NEW.prev::text);
    END IF;
    RETURN NULL;
  END $$;
  CREATE OR REPLACE TRIGGER witness AFTER UPDATE ON waybill.relay_shard
    FOR EACH ROW EXECUTE FUNCTION public.witness_shard();

  CREATE OR REPLACE FUNCTION public.witness_position() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    place text := NEW.consumer || ' ' || NEW.topic || '/' || NEW.partition;
  BEGIN
    IF TG_OP = 'INSERT' OR NEW.epoch <> OLD.epoch THEN
      INSERT INTO public.cursor_write (cursor, kind, epoch, writer)
      VALUES (place, 'claim', NEW.epoch, current_setting('application_name'));
    ELSIF (NEW.next_offset, NEW.deliveries) IS DISTINCT FROM (OLD.next_offset, OLD.deliveries) THEN
      INSERT INTO public.cursor_write (cursor, kind, epoch, writer, reached)
      VALUES (place, 'move', NEW.epoch, current_setting('application_name'), NEW.next_offset::text);
    END IF;
    RETURN NULL;
  END $$;
  CREATE OR REPLACE TRIGGER witness AFTER INSERT OR UPDATE ON waybill.consumer_position
    FOR EACH ROW EXECUTE FUNCTION public.witness_position();`;

/** Puts the triggers into a database whose service has made its tables. */
export async function installWitness(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(witness);
  } finally {
    await client.end();
  }
}

/** What keeps a JVM small and quick to start on a developer's machine; `archive` is a file for its class data. */
export function javaArguments(heapMb: number, archive: string): readonly string[] {
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
    ...(archive === ''
      ? []
      : ['-XX:+AutoCreateSharedArchive', `-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:cds+dynamic=off']),
    '-Djava.net.preferIPv4Stack=true',
    '-Djava.awt.headless=true',
  ];
}

/** Takes away the variables that would change a JVM from outside: ours is set up by its arguments alone. */
export const javaEnvironment: Readonly<Record<string, undefined>> = {
  JAVA_TOOL_OPTIONS: undefined,
  JDK_JAVA_OPTIONS: undefined,
  _JAVA_OPTIONS: undefined,
  CLASSPATH: undefined,
};

/** What keeps a JVM small and quick to start on a developer's machine. */
export function javaArguments(heapMb: number): readonly string[] {
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-XX:+ExitOnOutOfMemoryError',
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

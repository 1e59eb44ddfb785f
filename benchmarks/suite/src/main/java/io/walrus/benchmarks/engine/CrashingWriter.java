package io.walrus.benchmarks.engine;

import java.io.IOException;
import java.nio.file.Path;

/// A process that fills a log, and ends without closing it.
final class CrashingWriter {
    private CrashingWriter() {}

    /// Arguments: the kind of log, its folder.
    public static void main(String[] arguments) throws IOException {
        StoredLog log = RecoveryBenchmark.open(LogKind.valueOf(arguments[0]), Path.of(arguments[1]));
        StoredLog.Appender appender = log.appender();
        for (int i = 0; i < RecoveryBenchmark.ENTRIES; i += EnginePayload.BATCH_ENTRIES) {
            appender.appendBatch();
        }
        Runtime.getRuntime().halt(0);
    }

    static void run(LogKind kind, Path folder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingWriter.class.getName(),
                        kind.name(),
                        folder.toString())
                .inheritIO()
                .start();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException("the writer of " + kind.title() + " ended with exit code " + code);
        }
    }
}

package io.walrus.benchmarks.report;

import io.walrus.testkit.process.Ended;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/// What numbers depend on beside the programs.
public final class MachineFacts {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 1024;
    private static final int SYNC_WRITES = 500;
    private static final int QUICK_SYNC_WRITES = 100;

    private MachineFacts() {}

    /// Markdown list items.
    ///
    /// @param peers what is compared with, with its versions
    public static String describe(Path work, String peers) throws IOException {
        long[] ns = syncWritesNs(work, SYNC_WRITES);
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return String.format(
                Locale.ROOT,
                """
                - %d processors, %d GiB memory, %s %s, load average at the start %.1f
                - JDK %s, %s
                - disk (%s): a synchronous write of 4 KiB takes %d µs (median; 99th percentile %d µs)
                """,
                system.getAvailableProcessors(),
                Math.round(system.getTotalMemorySize() / (double) (1 << 30)),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                system.getSystemLoadAverage(),
                Runtime.version(),
                peers,
                Files.getFileStore(work).type(),
                ns[ns.length / 2] / 1000,
                ns[ns.length * 99 / 100] / 1000);
    }

    /// How long a synchronous write of 4 KiB takes right now, in the median of a few.
    public static double syncMicros(Path work) throws IOException {
        long[] ns = syncWritesNs(work, QUICK_SYNC_WRITES);
        return ns[ns.length / 2] / 1e3;
    }

    /// Times of forced writes of a block, sorted.
    private static long[] syncWritesNs(Path work, int writes) throws IOException {
        Path file = Files.createTempFile(work, "sync-", ".probe");
        try {
            Files.write(file, new byte[BLOCK_BYTES * BLOCKS]);
            long[] ns = new long[writes];
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)) {
                channel.force(true);
                ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
                for (int i = 0; i < ns.length; i++) {
                    long startNs = System.nanoTime();
                    channel.write(block.clear(), (long) i % BLOCKS * BLOCK_BYTES);
                    ns[i] = System.nanoTime() - startNs;
                }
            }
            Arrays.sort(ns);
            return ns;
        } finally {
            Files.delete(file);
        }
    }

    /// The version that a program tells, in one line; says so where it is not installed.
    public static String version(String program) {
        try {
            String text = Ended.of(new ProcessBuilder(program, "--version")).out();
            return text.replaceAll("(?s)(,? sha=|\n).*", "").strip();
        } catch (IOException _) {
            return program + " is not installed (on Debian: apt install " + program + "), so its rows are missing";
        }
    }

    /// Whether a program is on the path.
    public static boolean isInstalled(String program) {
        return !version(program).contains("is not installed");
    }
}

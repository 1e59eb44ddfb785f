package io.walrus.benchmarks.disk;

import io.walrus.benchmarks.MachineFacts;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.UringDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Measures the engine's ways to the disk, in turns.
@Command(
        name = "benchmarks/disk",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Compares forced writes and reads through FileChannel with the same through io_uring.")
public final class Main implements Callable<Integer> {
    private static final int[] WRITE_BYTES = {4 << 10, 16 << 10, 64 << 10, 1 << 20};
    private static final int[] READ_BYTES = {4 << 10, 256 << 10};
    private static final int[] READERS = {1, 4};

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--work", description = "folder for data", required = true)
    private Path work = Path.of("build/benchmarks");

    @Option(names = "--rounds", description = "how often each is measured")
    private int rounds = 5;

    @Option(names = "--calls", description = "writes or reads of each measurement")
    private int calls = 400;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        PrintWriter out = spec.commandLine().getOut();
        try {
            Files.createDirectories(work);
            Path folder = Files.createTempDirectory(work, "disk-");
            out.print(MachineFacts.describe(work, "FileChannel, io_uring"));
            try (UringDisk uring = UringDisk.open(folder)) {
                List<DiskTrial> trials = List.of(
                        new DiskTrial("FileChannel", new FileDisk(folder), folder),
                        new DiskTrial("io_uring", uring, folder));
                trials.getFirst().prepare();
                Map<String, Latencies> found = new LinkedHashMap<>();
                for (int round = 0; round <= rounds; round++) {
                    // The first one warms up.
                    measure(round % 2 == 0 ? trials : trials.reversed(), round == 0 ? new LinkedHashMap<>() : found);
                }
                found.forEach((what, latencies) -> out.printf("| %s | %s |%n", what, latencies));
                out.flush();
            } finally {
                DiskTrial.delete(folder);
            }
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("disk: " + e.getMessage());
            return 1;
        }
    }

    private void measure(List<DiskTrial> trials, Map<String, Latencies> found)
            throws IOException, InterruptedException, ExecutionException {
        for (int bytes : WRITE_BYTES) {
            for (DiskTrial trial : trials) {
                note(found, "forced write", bytes, 1, trial, trial.write(bytes, calls));
            }
        }
        List<Boolean> temperatures = new ArrayList<>(List.of(true));
        if (DiskTrial.mayDropCaches()) {
            temperatures.add(false);
        }
        for (boolean cached : temperatures) {
            for (int bytes : READ_BYTES) {
                for (int readers : READERS) {
                    for (DiskTrial trial : trials) {
                        long[] ns = trial.read(bytes, calls, readers, cached);
                        note(found, cached ? "read from memory" : "cold read", bytes, readers, trial, ns);
                    }
                }
            }
        }
    }

    private static void note(
            Map<String, Latencies> found, String what, int bytes, int threads, DiskTrial trial, long[] ns) {
        String row = what + ", " + (bytes >> 10) + " KiB, " + threads + (threads == 1 ? " thread | " : " threads | ");
        found.computeIfAbsent(row + trial.name(), _ -> new Latencies()).add(ns);
    }
}

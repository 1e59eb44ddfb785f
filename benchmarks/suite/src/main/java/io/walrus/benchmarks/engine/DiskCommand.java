package io.walrus.benchmarks.engine;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.benchmarks.report.ResultTables;
import io.walrus.benchmarks.server.WorkFolder;
import io.walrus.storage.io.FileDisk;
import io.walrus.storage.io.UringDisk;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares the engine's ways to the disk, in turns.
@Command(
        name = "disk",
        description = "Compares forced writes and reads through FileChannel with the same through io_uring.")
public final class DiskCommand extends MeasuringCommand {
    private static final String GROUP = "disk";
    private static final List<Integer> WRITE_BYTES = List.of(4 << 10, 16 << 10, 64 << 10, 1 << 20);
    private static final List<Integer> READ_BYTES = List.of(4 << 10, 256 << 10);
    private static final List<Integer> READERS = List.of(1, 4);

    /// Makes the calls of one measurement, and times each.
    @FunctionalInterface
    private interface Calls {
        Histogram of(DiskTrial trial) throws Exception;
    }

    @Option(names = "--calls", description = "writes or reads of each measurement")
    private int calls = 400;

    public DiskCommand() {
        super(new MeasuringOptions(5, 0, 0));
    }

    @Override
    protected void measure() throws Exception {
        int first = options.samples().nextRound(GROUP);
        try (WorkFolder folder = WorkFolder.in(options.work());
                UringDisk uring = UringDisk.open(folder.path())) {
            List<DiskTrial> trials = List.of(
                    new DiskTrial("FileChannel", new FileDisk(folder.path())), new DiskTrial("io_uring", uring));
            trials.getFirst().prepare();
            // The round before the first one warms up.
            for (int round = first - 1; round < first + options.rounds(); round++) {
                for (Map.Entry<String, Calls> row : rows().entrySet()) {
                    for (DiskTrial trial : round % 2 == 0 ? trials : trials.reversed()) {
                        if (options.wantsWorkload(row.getKey())) {
                            Map<Metric, Double> numbers =
                                    Metric.percentiles(row.getValue().of(trial));
                            if (round >= first) {
                                options.add(new Measured(GROUP, row.getKey(), trial.name()), round, numbers);
                            }
                        }
                    }
                }
            }
        }
    }

    private Map<String, Calls> rows() {
        Map<String, Calls> rows = new LinkedHashMap<>();
        for (int bytes : WRITE_BYTES) {
            rows.put("forced write of " + (bytes >> 10) + " KiB", trial -> trial.write(bytes, calls));
        }
        for (boolean cached : DiskTrial.mayDropCaches() ? List.of(true, false) : List.of(true)) {
            for (int bytes : READ_BYTES) {
                for (int readers : READERS) {
                    rows.put(
                            (cached ? "read from memory of " : "cold read of ") + (bytes >> 10) + " KiB by " + readers
                                    + (readers == 1 ? " thread" : " threads"),
                            trial -> trial.read(bytes, calls, readers, cached));
                }
            }
        }
        return rows;
    }

    @Override
    protected ResultTables tables() throws IOException {
        return new ResultTables(
                "Ways to the disk",
                options.facts("FileChannel and io_uring") + "- `--calls " + calls + "`\n",
                """
                Both ways take turns on the same files. A ratio is that of io_uring to the row.
                """,
                List.of("io_uring"));
    }
}

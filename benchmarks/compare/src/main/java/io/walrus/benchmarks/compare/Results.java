package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that was measured on one day, in a file that grows with each measurement: a comparison can be run in parts.
final class Results {
    private final Path file;
    private final List<Sample> samples = new ArrayList<>();

    private Results(Path file) {
        this.file = file;
    }

    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    static Results open(Path file) throws IOException {
        Results results = new Results(file);
        if (Files.exists(file)) {
            results.load(Files.readAllLines(file));
        } else {
            Files.writeString(file, Sample.HEAD + '\n');
        }
        return results;
    }

    private void load(List<String> lines) throws IOException {
        if (lines.isEmpty() || !lines.getFirst().equals(Sample.HEAD)) {
            throw new IOException(file + " has other columns than are written now: remove it, and measure anew");
        }
        for (int i = 1; i < lines.size(); i++) {
            try {
                samples.add(Sample.parse(lines.get(i)));
            } catch (IllegalArgumentException _) {
                throw new IOException(file + ": line " + (i + 1) + " is no measurement: remove the line or the file");
            }
        }
    }

    void add(Sample sample) throws IOException {
        samples.add(sample);
        Files.writeString(file, sample.line() + '\n', StandardOpenOption.APPEND);
    }

    /// The number after that of the last round of a setup.
    int nextRound(Setup setup) {
        return samples.stream()
                        .filter(sample -> sample.setup() == setup)
                        .mapToInt(Sample::round)
                        .max()
                        .orElse(-1)
                + 1;
    }

    @Nullable
    Series series(Setup setup, Metric metric, Candidate candidate) {
        List<Sample> found = samples(setup, metric, candidate).toList();
        return found.isEmpty() ? null : Series.of(found);
    }

    /// How many times as good ours was within each round that measured both.
    ///
    /// @return null if there was no such round
    @Nullable
    Spread ratios(Setup setup, Metric metric, Candidate ours, Metric otherMetric, Candidate other) {
        List<Double> ratios = samples(setup, metric, ours)
                .flatMap(mine -> samples(setup, otherMetric, other)
                        .filter(theirs -> theirs.round() == mine.round())
                        .map(theirs -> metric.ratio(mine.value(), theirs.value())))
                .toList();
        return ratios.isEmpty() ? null : Spread.of(ratios);
    }

    private Stream<Sample> samples(Setup setup, Metric metric, Candidate candidate) {
        return samples.stream()
                .filter(sample ->
                        sample.setup() == setup && sample.metric() == metric && sample.candidate() == candidate);
    }
}

package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Measurements;
import io.walrus.benchmarks.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All samples of one day.
final class Results {
    private final Measurements<Sample> samples;

    private Results(Measurements<Sample> samples) {
        this.samples = samples;
    }

    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    static Results open(Path file) throws IOException {
        return new Results(Measurements.open(file, Sample.HEAD, Sample::of, Sample::line));
    }

    void add(Sample sample) throws IOException {
        samples.add(sample);
    }

    /// The number after that of the last round of a setup.
    int nextRound(Setup setup) {
        return samples.all().stream()
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
        return samples.all().stream()
                .filter(sample ->
                        sample.setup() == setup && sample.metric() == metric && sample.candidate() == candidate);
    }
}

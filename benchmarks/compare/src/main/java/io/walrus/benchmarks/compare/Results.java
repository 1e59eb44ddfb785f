package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All that was measured on one day, in a file that grows with each measurement: a comparison can be run in parts.
final class Results {
    private final Path file;
    private final List<Sample> samples = new ArrayList<>();

    private Results(Path file) {
        this.file = file;
    }

    static Results open(Path file) throws IOException {
        Results results = new Results(file);
        if (Files.exists(file)) {
            Files.readAllLines(file).stream().skip(1).map(Sample::parse).forEach(results.samples::add);
        } else {
            Files.writeString(file, Sample.HEAD + '\n');
        }
        return results;
    }

    void add(Sample sample) throws IOException {
        samples.add(sample);
        Files.writeString(file, sample.line() + '\n', StandardOpenOption.APPEND);
    }

    @Nullable
    Series series(Setup setup, Metric metric, Candidate candidate) {
        List<Sample> found = samples.stream()
                .filter(sample ->
                        sample.setup() == setup && sample.metric() == metric && sample.candidate() == candidate)
                .toList();
        return found.isEmpty() ? null : Series.of(found);
    }
}

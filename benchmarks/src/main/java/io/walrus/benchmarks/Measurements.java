package io.walrus.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/// All that was measured on one day, in a file of comma-separated values that grows with each measurement, so that it
/// can be done in parts. Not thread-safe.
public final class Measurements<T> {
    private final Path file;
    private final Function<T, String> line;
    private final List<T> all = new ArrayList<>();

    private Measurements(Path file, Function<T, String> line) {
        this.file = file;
        this.line = line;
    }

    /// Reads a file, or begins it.
    ///
    /// @param head its first line, which names the columns
    /// @param parse makes a measurement of the values of a line; throws [IllegalArgumentException] if they are none
    /// @throws IOException also if the file is there and isn't one of ours, or was cut short
    public static <T> Measurements<T> open(
            Path file, String head, Function<List<String>, T> parse, Function<T, String> line) throws IOException {
        Measurements<T> measurements = new Measurements<>(file, line);
        if (!Files.exists(file)) {
            Files.writeString(file, head + '\n');
            return measurements;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().equals(head)) {
            throw new IOException(file + " has other columns than are written now: remove it, and measure anew");
        }
        int columns = head.split(",", -1).length;
        for (int i = 1; i < lines.size(); i++) {
            List<String> values = List.of(lines.get(i).split(",", -1));
            try {
                if (values.size() != columns) {
                    throw new IllegalArgumentException("not as many columns as there should be");
                }
                measurements.all.add(parse.apply(values));
            } catch (IllegalArgumentException _) {
                throw new IOException(file + ": line " + (i + 1) + " is no measurement: remove the line or the file");
            }
        }
        return measurements;
    }

    /// From the first to the last.
    public List<T> all() {
        return Collections.unmodifiableList(all);
    }

    public void add(T measurement) throws IOException {
        all.add(measurement);
        Files.writeString(file, line.apply(measurement) + '\n', StandardOpenOption.APPEND);
    }
}

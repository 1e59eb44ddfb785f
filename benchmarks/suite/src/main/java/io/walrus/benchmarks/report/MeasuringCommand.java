package io.walrus.benchmarks.report;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// A subcommand that measures and writes tables. Exit code 0 whatever the numbers are, 1 if something could not be
/// measured.
public abstract class MeasuringCommand implements Callable<Integer> {
    @Mixin
    protected MeasuringOptions options;

    private int failures;

    protected MeasuringCommand(MeasuringOptions options) {
        this.options = options;
    }

    @Override
    public final Integer call() {
        try {
            measure();
            options.publish(tables());
        } catch (Exception | AssertionError e) {
            failed("stopped", e);
        }
        return failures == 0 ? 0 : 1;
    }

    /// Measures what the options ask for.
    protected abstract void measure() throws Exception;

    /// How all that was measured is shown.
    protected abstract ResultTables tables() throws IOException;

    /// Says that something could not be measured; the rest goes on.
    protected final void failed(String what, Throwable failure) {
        failures++;
        options.complain(what + ": " + failure.getMessage());
    }
}

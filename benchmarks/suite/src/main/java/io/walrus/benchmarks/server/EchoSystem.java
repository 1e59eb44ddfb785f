package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.testkit.process.JavaProgram;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;

/// A server that speaks Walrus' protocol and keeps nothing.
public final class EchoSystem extends WalrusSystem {
    public EchoSystem(String title, MeasuringCommand options) throws IOException {
        super(title, 1, options, options.launcher(), UnaryOperator.identity());
    }

    @Override
    ProcessBuilder process(int node) {
        List<String> arguments = List.of(Integer.toString(ports[node]), Integer.toString(PAYLOAD_BYTES));
        return JavaProgram.of(EchoServer.class.getName(), List.of(), arguments);
    }

    @Override
    void create(String topic) {}
}

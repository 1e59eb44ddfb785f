package io.walrus.dist;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// What a node serves while it is trained: every command, and enough of PUT and GET for their profiles to be of use, of
/// topics that it leads and of topics that another node leads and it follows.
final class TrainingLoad {
    private static final int ROUNDS = 50;
    private static final int PIPELINED = 64;
    /// So many that of two nodes each leads some.
    private static final int TOPICS = 4;

    private TrainingLoad() {}

    static void run(NodeProcess node) throws IOException {
        try (Wire wire = node.connect()) {
            for (int topic = 0; topic < TOPICS; topic++) {
                putAndGet(wire, "training" + topic);
            }
            exchange(
                    wire,
                    List.of(
                            "REGISTER training",
                            "GET training",
                            "STATE training",
                            "METRICS",
                            "FETCH training 1 0",
                            "HELP",
                            "GET nowhere",
                            "NONSENSE"));
        }
    }

    private static void putAndGet(Wire wire, String topic) throws IOException {
        List<String> puts = IntStream.range(0, PIPELINED)
                .mapToObj(number -> "PUT %s entry %d %s".formatted(topic, number, "x".repeat(1000)))
                .toList();
        List<String> gets = Collections.nCopies(PIPELINED, "GET " + topic);
        exchange(wire, List.of("REGISTER " + topic));
        for (int round = 0; round < ROUNDS; round++) {
            exchange(wire, puts);
            exchange(wire, gets);
        }
    }

    /// Sends all requests at once and reads all replies.
    private static void exchange(Wire wire, List<String> requests) throws IOException {
        for (String request : requests) {
            wire.send(request);
        }
        wire.flush();
        for (String _ : requests) {
            wire.reply();
        }
    }
}

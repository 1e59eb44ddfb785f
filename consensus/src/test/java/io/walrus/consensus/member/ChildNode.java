package io.walrus.consensus.member;

import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.metadata.Command.CreateTopic;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;

/// A node in a process of its own: creates topics, several at a time, and prints the name of each once it is
/// acknowledged. Stops cleanly when its standard input ends.
///
/// Arguments: data folder, port, prefix of the names, how many topics.
final class ChildNode {
    private static final int UNDER_WAY = 16;

    private ChildNode() {}

    static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Semaphore places = new Semaphore(UNDER_WAY);
        int topics = Integer.parseInt(args[3]);
        try (LoneNode node = LoneNode.start(LoneNode.config(Path.of(args[0]), Integer.parseInt(args[1])))) {
            node.initCluster();
            for (int i = 0; i < topics; i++) {
                String name = args[2] + i;
                places.acquire();
                var _ = node.log
                        .propose(new CreateTopic(name, 1), LoneNode.TIMEOUT)
                        .thenAccept(outcome -> {
                            if (outcome instanceof Committed) {
                                out.println(name);
                            }
                            places.release();
                        });
            }
            places.acquire(UNDER_WAY);
            System.in.read();
        }
        out.println("closed");
    }
}

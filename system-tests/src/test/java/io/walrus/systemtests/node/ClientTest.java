package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.JavaProgram;
import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Together;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java client against a node.
class ClientTest {
    private static final int THREADS = 8;
    private static final int ENTRIES = 2_000;

    @TempDir
    private Path folder;

    @Test
    void manyThreadsShareOneClient() throws Exception {
        try (NodeProcess node = NodeSetup.in(folder).start();
                WalrusClient client = WalrusClient.connect("127.0.0.1:" + node.clientPort())) {
            Together.run(THREADS, thread -> {
                for (int i = 0; i < ENTRIES / 10; i++) {
                    client.put("logs", utf8(thread + " " + i));
                }
                List<CompletableFuture<Outcome>> puts = new ArrayList<>();
                for (int i = ENTRIES / 10; i < ENTRIES; i++) {
                    puts.add(client.submit(new Request.Put("logs", ByteBuffer.wrap(utf8(thread + " " + i)))));
                }
                for (CompletableFuture<Outcome> put : puts) {
                    assertThat(put.get()).isInstanceOf(Outcome.Done.class);
                }
            });
            Set<String> taken = ConcurrentHashMap.newKeySet();
            Together.run(THREADS, _ -> {
                byte[] entry = client.get("logs");
                while (entry != null) {
                    assertThat(taken.add(new String(entry, StandardCharsets.UTF_8)))
                            .isTrue();
                    entry = client.get("logs");
                }
            });
            assertThat(taken).hasSize(THREADS * ENTRIES);
            node.assertUnruffled();
        }
    }

    /// What was acknowledged is there, what was refused or never sent is not, and nothing is there twice.
    @Test
    void noEntryIsStoredTwiceWhenTheNodeIsKilledAndComesBack() throws Exception {
        NodeProcess node = NodeSetup.in(folder).start();
        List<NodeAddress> address = NodeAddress.parse("127.0.0.1:" + node.clientPort());
        Set<String> acknowledged = new HashSet<>();
        Set<String> possible = new HashSet<>();
        try (WalrusClient client = WalrusClient.connect(address, ClientOptions.DEFAULT)) {
            for (int restart = 0; restart < 3; restart++) {
                List<CompletableFuture<Outcome>> puts = new ArrayList<>();
                for (int i = 0; i < ENTRIES; i++) {
                    puts.add(client.submit(new Request.Put("logs", ByteBuffer.wrap(utf8(restart + " " + i)))));
                    if (i == ENTRIES / 2) {
                        // Not before some have been stored.
                        assertThat(puts.get(i / 2).get()).isInstanceOf(Outcome.Done.class);
                        node = node.restart();
                    }
                }
                for (int i = 0; i < ENTRIES; i++) {
                    switch (puts.get(i).get()) {
                        case Outcome.Done _ -> acknowledged.add(restart + " " + i);
                        case Outcome.Unknown _ -> possible.add(restart + " " + i);
                        case Outcome.Refused _, Outcome.Unreachable _ -> {}
                        case Outcome.Empty _ -> throw new AssertionError("EMPTY to a PUT");
                    }
                }
                assertThat(client.state("logs")).startsWith("{");
            }
            List<String> entries = new ArrayList<>();
            byte[] entry = client.get("logs");
            while (entry != null) {
                entries.add(new String(entry, StandardCharsets.UTF_8));
                entry = client.get("logs");
            }
            assertThat(entries).doesNotHaveDuplicates().containsAll(acknowledged);
            possible.addAll(acknowledged);
            assertThat(possible).containsAll(entries);
        } finally {
            node.close();
        }
    }

    @Test
    void theExampleOfTheReadmeDoesWhatItSays() throws Exception {
        String readme = Files.readString(Path.of("..", "client", "README.md"));
        Path source = Files.writeString(folder.resolve("Example.java"), block(readme, "java"));
        String classPath = System.getProperty("java.class.path");
        int failed = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-cp", classPath, "-d", folder.toString(), source.toString());
        assertThat(failed).isZero();
        try (NodeProcess node = NodeSetup.in(folder).start()) {
            ProcessBuilder example = JavaProgram.of(
                    "Example", List.of(), List.of("127.0.0.1:" + FreePorts.free() + ",127.0.0.1:" + node.clientPort()));
            example.command().replaceAll(argument -> argument.equals(classPath) ? folder + ":" + classPath : argument);
            assertThat(Ended.of(example).exited(0).out()).isEqualTo(block(readme, "text"));
        }
    }

    private static String block(String document, String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(document)
                .results()
                .map((MatchResult block) -> block.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

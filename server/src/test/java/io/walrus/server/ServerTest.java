package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.walrus.server.config.CommandLineArguments;
import io.walrus.server.config.CommandLineArguments.Outcome;
import io.walrus.server.config.ServerConfig;
import io.walrus.server.config.StartupException;
import io.walrus.server.folder.DataFolder;
import io.walrus.storage.io.FileDisk;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A start that fails at any step leaves nothing open: the next one succeeds in the same process.
@Timeout(120)
class ServerTest {
    @TempDir
    private Path folder;

    private Path data;
    private int clientPort;
    private int raftPort;

    @BeforeEach
    void choosePorts() throws IOException {
        data = folder.resolve("data");
        try (ServerSocket client = listenOn(0)) {
            clientPort = client.getLocalPort();
            raftPort = freePort();
        }
    }

    @Test
    void withTheFolderTaken() throws Exception {
        try (DataFolder _ = DataFolder.lock(data, 1)) {
            assertRefused("in use by another process");
        }
        assertStarts();
    }

    @Test
    void withTheFolderOfAnotherNode() throws Exception {
        try (DataFolder other = DataFolder.lock(data, 2)) {
            other.claim(UUID.randomUUID());
            assertRefused("belongs to node 2");
        }
    }

    @Test
    void withTheLogTaken() throws Exception {
        assertStarts();
        try (Closeable _ = new FileDisk(data.resolve("log")).lock("LOCK")) {
            assertRefused("in use by another process");
        }
        assertStarts();
    }

    @Test
    void withADamagedLog() throws Exception {
        assertStarts();
        Path log = data.resolve("log");
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "damaged");
            }
        }
        assertRefused("");
        // The folder is free again: what fails is the log once more, not the lock.
        try (DataFolder mended = DataFolder.lock(data, 1)) {
            assertThat(mended.identity()).isNotNull();
        }
    }

    @Test
    void withTheRaftPortTaken() throws Exception {
        try (ServerSocket _ = listenOn(raftPort)) {
            assertRefused(Integer.toString(raftPort));
        }
        assertStarts();
    }

    @Test
    void withTheClientPortTaken() throws Exception {
        try (ServerSocket _ = listenOn(clientPort)) {
            assertRefused("can't listen for clients on 127.0.0.1:" + clientPort);
        }
        assertStarts();
    }

    /// The founder would stop as soon as it counted on the vote of a node that can't serve.
    @Test
    void aNodeThatCannotServeGetsNoVote() throws Exception {
        Server founder = server();
        try (founder) {
            founder.start();
            Path joining = folder.resolve("joining");
            try (ServerSocket busy = listenOn(0)) {
                Server joiner = server(
                        "--node-id=2",
                        "--data-dir=" + joining,
                        "--raft-port=" + freePort(),
                        "--client-port=" + busy.getLocalPort(),
                        "--join=127.0.0.1:" + raftPort);
                assertRefused(joiner, "can't listen for clients on 127.0.0.1:" + busy.getLocalPort());
            }
            try (DataFolder untouched = DataFolder.lock(joining, 2)) {
                assertThat(untouched.identity()).isNull();
            }
        }
        assertStarts();
    }

    /// The cluster to join is never there, so the start would wait for ever.
    @Test
    void aStopEndsAStartThatWaitsForOtherNodes() throws Exception {
        try (ServerSocket silent = listenOn(0)) {
            Server server = server("--join=127.0.0.1:" + silent.getLocalPort());
            CompletableFuture<String> refusal = CompletableFuture.supplyAsync(() -> {
                try {
                    server.start();
                    return "none";
                } catch (StartupException e) {
                    return String.valueOf(e.getMessage());
                }
            });
            // It asks: so it waits.
            silent.accept().close();
            server.close();
            assertThat(refusal.join()).isEqualTo("stopped before it was in the cluster");
        }
        assertStarts();
    }

    private void assertRefused(String named) {
        assertRefused(server(), named);
    }

    private static void assertRefused(Server server, String named) {
        assertThatExceptionOfType(StartupException.class)
                .isThrownBy(server::start)
                .withMessageContaining(named);
        server.close();
    }

    private void assertStarts() throws StartupException, IOException {
        Server server = server();
        try (server) {
            server.start();
            new Socket(InetAddress.getLoopbackAddress(), clientPort).close();
        }
    }

    private Server server(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--node-id=1", "--data-dir=" + data, "--client-port=" + clientPort, "--raft-port=" + raftPort));
        arguments.addAll(List.of("--tail-memory-bytes=16777216", "--min-free-bytes=0"));
        for (String flag : more) {
            String name = flag.substring(0, flag.indexOf('=') + 1);
            arguments.removeIf(given -> given.startsWith(name));
            arguments.add(flag);
        }
        return new Server(config(arguments), () -> {}, () -> {});
    }

    private static ServerConfig config(List<String> arguments) {
        return switch (CommandLineArguments.parse(arguments.toArray(String[]::new), Map.of())) {
            case Outcome.Run(ServerConfig config, String _) -> config;
            case Outcome.Invalid(var lines) -> throw new IllegalArgumentException(lines.toString());
            case Outcome.Help(String text) -> throw new IllegalArgumentException(text);
        };
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = listenOn(0)) {
            return socket.getLocalPort();
        }
    }

    private static ServerSocket listenOn(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }
}

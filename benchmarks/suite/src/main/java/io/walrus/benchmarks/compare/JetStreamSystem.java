package io.walrus.benchmarks.compare;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.report.MeasuringOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// NATS servers with JetStream; a topic is a stream with a subject of its name.
final class JetStreamSystem extends ComparedSystem {
    private static final Duration POLL = Duration.ofMillis(100);

    private @Nullable Connection control;

    JetStreamSystem(Contestant contestant, int nodes, MeasuringOptions options) throws IOException {
        super(contestant, nodes, options);
    }

    @Override
    void prepare() throws IOException {
        for (int node = 0; node < ports.length; node++) {
            Files.writeString(settings(node), properties(node));
        }
    }

    private Path settings(int node) {
        return folder(node).resolve("nats.conf");
    }

    private String properties(int node) {
        String alone = """
                server_name: n%d
                listen: "127.0.0.1:%d"
                jetstream { store_dir: "%s", max_file_store: 500GB }
                """.formatted(node, ports[node], folder(node).toAbsolutePath());
        if (ports.length == 1) {
            return alone;
        }
        List<String> routes = new ArrayList<>();
        for (int port : innerPorts) {
            routes.add("\"nats://127.0.0.1:" + port + '"');
        }
        return alone + """
                cluster { name: compare, listen: "127.0.0.1:%d", routes: [%s] }
                """.formatted(innerPorts[node], String.join(", ", routes));
    }

    @Override
    ProcessBuilder process(int node) {
        return new ProcessBuilder("nats-server", "--config", settings(node).toString());
    }

    @Override
    void create(String topic) throws IOException, InterruptedException {
        try {
            control()
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(topic)
                            .subjects(topic)
                            .storageType(StorageType.File)
                            .replicas(ports.length)
                            .build());
        } catch (JetStreamApiException e) {
            throw new IOException("JetStream made no stream: " + e.getMessage(), e);
        }
    }

    @Override
    int leader(String topic) throws IOException, InterruptedException {
        if (ports.length == 1) {
            return 0;
        }
        try {
            ClusterInfo cluster =
                    control().jetStreamManagement().getStreamInfo(topic).getClusterInfo();
            if (cluster == null || cluster.getLeader() == null) {
                throw new IOException("the stream " + topic + " has no leader");
            }
            return Integer.parseInt(cluster.getLeader().substring(1));
        } catch (JetStreamApiException e) {
            throw new IOException("JetStream does not tell a stream's leader: " + e.getMessage(), e);
        }
    }

    private Connection control() throws IOException, InterruptedException {
        Connection known = control;
        if (known == null) {
            known = connect(0);
            control = known;
        }
        return known;
    }

    /// Connects to a node, and to another one once that is gone.
    private Connection connect(int node) throws IOException, InterruptedException {
        Options.Builder options = new Options.Builder();
        for (int i = 0; i < ports.length; i++) {
            options.server("nats://127.0.0.1:" + ports[(node + i) % ports.length]);
        }
        return Nats.connect(options.noRandomize()
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(20))
                .errorListener(new ErrorListener() {})
                .build());
    }

    @Override
    EntryWriter writer(int node) throws IOException, InterruptedException {
        Connection connection = connect(node);
        JetStream stream = connection.jetStream();
        return new EntryWriter() {
            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) {
                return stream.publishAsync(topic, payload);
            }

            @Override
            public void close() {
                end(connection);
            }
        };
    }

    /// An ordered consumer: pushed, not acknowledged, with flow control.
    @Override
    EntryReader reader(String topic) throws IOException, InterruptedException {
        Connection connection = connect(leader(topic));
        JetStreamSubscription subscription;
        try {
            subscription = connection
                    .jetStream()
                    .subscribe(
                            topic,
                            PushSubscribeOptions.builder()
                                    .ordered(true)
                                    .pendingMessageLimit(-1)
                                    .pendingByteLimit(-1)
                                    .build());
        } catch (JetStreamApiException e) {
            throw new IOException("JetStream gives no consumer: " + e.getMessage(), e);
        }
        return new EntryReader() {
            @Override
            public void poll(Consumer<ByteBuffer> sink) throws InterruptedException {
                Message message = subscription.nextMessage(POLL);
                if (message != null) {
                    sink.accept(ByteBuffer.wrap(message.getData()));
                }
            }

            @Override
            public void close() {
                end(connection);
            }
        };
    }

    @Override
    LoadResult read() throws IOException, InterruptedException {
        createWithin("read");
        fill("read", READ_ENTRIES);
        return ReadLoop.measure(() -> reader("read"), READ_ENTRIES, options);
    }

    private static void end(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        Connection known = control;
        if (known != null) {
            end(known);
        }
        super.close();
    }
}

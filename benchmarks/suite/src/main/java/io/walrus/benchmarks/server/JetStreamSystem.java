package io.walrus.benchmarks.server;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamSubscription;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.walrus.benchmarks.report.MeasuringCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// NATS servers with JetStream; a topic is a stream with a subject of its name.
final class JetStreamSystem extends TestedSystem {
    private static final Duration POLL = Duration.ofMillis(100);

    JetStreamSystem(String title, int nodes, MeasuringCommand options) throws IOException {
        super(title, nodes, options);
    }

    @Override
    ProcessBuilder process(int node) throws IOException {
        String alone = """
                server_name: n%d
                listen: "127.0.0.1:%d"
                jetstream { store_dir: "%s", max_file_store: 500GB }
                """.formatted(node, ports[node], folder(node).toAbsolutePath());
        String routes = IntStream.of(innerPorts)
                .mapToObj(port -> "\"nats://127.0.0.1:" + port + '"')
                .collect(Collectors.joining(", "));
        String cluster = """
                cluster { name: compare, listen: "127.0.0.1:%d", routes: [%s] }
                """.formatted(innerPorts[node], routes);
        Path settings =
                Files.writeString(folder(node).resolve("nats.conf"), ports.length == 1 ? alone : alone + cluster);
        return new ProcessBuilder("nats-server", "--config", settings.toString());
    }

    @Override
    void create(String topic) throws Exception {
        StreamConfiguration stream = StreamConfiguration.builder()
                .name(topic)
                .subjects(topic)
                .storageType(StorageType.File)
                .replicas(ports.length)
                .build();
        var _ = ask(management -> management.addStream(stream));
    }

    @Override
    int leader(String topic) throws Exception {
        if (ports.length == 1) {
            return 0;
        }
        ClusterInfo cluster = ask(management -> management.getStreamInfo(topic)).getClusterInfo();
        if (cluster == null || cluster.getLeader() == null) {
            throw new IOException("the stream " + topic + " has no leader");
        }
        return Integer.parseInt(cluster.getLeader().substring(1));
    }

    @FunctionalInterface
    private interface Question {
        StreamInfo ask(JetStreamManagement management) throws IOException, JetStreamApiException;
    }

    private StreamInfo ask(Question question) throws Exception {
        Connection connection = connect(0);
        try {
            return question.ask(connection.jetStreamManagement());
        } finally {
            connection.close();
        }
    }

    /// Connects to a node, and to another one once that is gone.
    private Connection connect(int node) throws IOException, InterruptedException {
        return Nats.connect(new Options.Builder()
                .server(addresses("nats://", node))
                .noRandomize()
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(20))
                .errorListener(new ErrorListener() {})
                .build());
    }

    @Override
    EntryWriter writer(int node, List<String> topics) throws IOException, InterruptedException {
        Connection connection = connect(node);
        JetStream stream = connection.jetStream();
        return new EntryWriter(stream::publishAsync, () -> end(connection));
    }

    /// An ordered consumer: pushed, not acknowledged, with flow control.
    @Override
    EntryReader reader(String topic) throws Exception {
        PushSubscribeOptions ordered = PushSubscribeOptions.builder()
                .ordered(true)
                .pendingMessageLimit(-1)
                .pendingByteLimit(-1)
                .build();
        Connection connection = connect(leader(topic));
        AtomicReference<JetStreamSubscription> subscription =
                new AtomicReference<>(connection.jetStream().subscribe(topic, ordered));
        return new EntryReader(
                sink -> {
                    Message message = subscription.get().nextMessage(POLL);
                    if (message != null) {
                        sink.accept(ByteBuffer.wrap(message.getData()));
                    }
                },
                () -> {
                    subscription.get().unsubscribe();
                    subscription.set(connection.jetStream().subscribe(topic, ordered));
                },
                () -> end(connection));
    }

    private static void end(Connection connection) {
        try {
            connection.close();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}

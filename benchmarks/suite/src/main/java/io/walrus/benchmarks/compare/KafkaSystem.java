package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.report.MeasuringOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;

/// Kafka's brokers, each a controller too, and Kafka's own clients.
final class KafkaSystem extends ComparedSystem {
    /// Of its start script.
    private static final List<String> FLAGS = List.of(
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true",
            "-Dlog.level=warn");

    private @Nullable Admin admin;

    KafkaSystem(Contestant contestant, int nodes, MeasuringOptions options) throws IOException {
        super(contestant, nodes, options);
    }

    /// Formats the folders.
    @Override
    void prepare() throws IOException, InterruptedException {
        String cluster = Uuid.randomUuid().toString();
        List<Process> formats = new ArrayList<>();
        for (int node = 0; node < ports.length; node++) {
            Files.writeString(settings(node), properties(node));
            formats.add(new ProcessBuilder(
                            java(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "kafka.tools.StorageTool",
                            "format",
                            "-t",
                            cluster,
                            "-c",
                            settings(node).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder(node).resolve("format.log").toFile())
                    .start());
        }
        for (int node = 0; node < ports.length; node++) {
            if (formats.get(node).waitFor() != 0) {
                throw new IOException("Kafka's storage can't be formatted: "
                        + Files.readString(folder(node).resolve("format.log")));
            }
        }
    }

    private Path settings(int node) {
        return folder(node).resolve("server.properties");
    }

    private String properties(int node) {
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            voters.add((i + 1) + "@127.0.0.1:" + innerPorts[i]);
        }
        return """
                process.roles=broker,controller
                node.id=%d
                controller.quorum.voters=%s
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%3$d
                controller.listener.names=CONTROLLER
                log.dirs=%s
                min.insync.replicas=%d
                offsets.topic.replication.factor=%7$d
                transaction.state.log.replication.factor=%7$d
                share.coordinator.state.topic.replication.factor=%7$d
                auto.create.topics.enable=false
                %8$s
                """.formatted(
                        node + 1,
                        String.join(",", voters),
                        ports[node],
                        innerPorts[node],
                        folder(node).resolve("log"),
                        Math.min(2, ports.length),
                        ports.length,
                        contestant.forced() ? "log.flush.interval.messages=1" : "");
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    @Override
    ProcessBuilder process(int node) {
        List<String> command = new ArrayList<>(List.of(java(), "-Xms" + HEAP, "-Xmx" + HEAP));
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "kafka.Kafka"));
        command.add(settings(node).toString());
        return new ProcessBuilder(command);
    }

    private Admin admin() {
        Admin known = admin;
        if (known == null) {
            known = Admin.create(Map.of("bootstrap.servers", addresses()));
            admin = known;
        }
        return known;
    }

    @Override
    void create(String topic) throws IOException, InterruptedException {
        create(new NewTopic(topic, 1, (short) ports.length));
    }

    private void create(NewTopic topic) throws IOException, InterruptedException {
        get(admin().createTopics(List.of(topic)).all(), "Kafka made no topic");
    }

    private static <T> T get(KafkaFuture<T> future, String failure) throws IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IOException(failure + ": " + e.getCause(), e);
        }
    }

    /// Its clients find out.
    @Override
    int leader(String topic) {
        return 0;
    }

    /// Led by the active controller.
    @Override
    String topicOfTheCoordinator() throws IOException, InterruptedException {
        int controller = get(admin().describeMetadataQuorum().quorumInfo(), "Kafka does not tell its controller")
                .leaderId();
        List<Integer> replicas = new ArrayList<>(List.of(controller));
        for (int id = 1; id <= ports.length; id++) {
            if (id != controller) {
                replicas.add(id);
            }
        }
        create(new NewTopic("failover", Map.of(0, replicas)));
        return "failover";
    }

    @Override
    int victim(String topic) throws IOException, InterruptedException {
        TopicDescription found = get(
                        admin().describeTopics(List.of(topic)).allTopicNames(), "Kafka does not tell a topic's leader")
                .get(topic);
        if (found == null) {
            throw new IOException("Kafka does not know the topic " + topic);
        }
        return found.partitions().getFirst().leader().id() - 1;
    }

    /// Of a client: these, and where the brokers are.
    private Properties settings(String text) {
        try {
            Properties settings = new Properties();
            settings.load(new StringReader("bootstrap.servers=" + addresses() + '\n' + text));
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    EntryWriter writer(int node) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings("""
                acks=all
                batch.size=131072
                linger.ms=0
                compression.type=none
                key.serializer=%1$s
                value.serializer=%1$s
                """.formatted(ByteArraySerializer.class.getName())));
        return new EntryWriter() {
            @Override
            public void prepare(List<String> topics) {
                topics.forEach(producer::partitionsFor);
            }

            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) {
                CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
                var _ = producer.send(new ProducerRecord<>(topic, 0, null, payload), (metadata, failure) -> {
                    if (failure == null) {
                        done.complete(metadata);
                    } else {
                        done.completeExceptionally(failure);
                    }
                });
                return done;
            }

            @Override
            public void close() {
                producer.close(Duration.ZERO);
            }
        };
    }

    @Override
    Entries reader(String topic) {
        KafkaConsumer<ByteBuffer, ByteBuffer> consumer =
                new KafkaConsumer<>(settings("""
                enable.auto.commit=false
                fetch.max.bytes=67108864
                max.partition.fetch.bytes=8388608
                max.poll.records=100000
                key.deserializer=%1$s
                value.deserializer=%1$s
                """.formatted(ByteBufferDeserializer.class.getName())));
        return new Entries(consumer, topic);
    }

    static final class Entries implements EntryReader {
        private final KafkaConsumer<ByteBuffer, ByteBuffer> consumer;
        private final Collection<TopicPartition> partitions;

        Entries(KafkaConsumer<ByteBuffer, ByteBuffer> consumer, String topic) {
            this.consumer = consumer;
            partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            rewind();
        }

        private void rewind() {
            consumer.seekToBeginning(partitions);
        }

        /// The same consumer from the start, whose end does not close it.
        EntryReader again() {
            rewind();
            return new EntryReader() {
                @Override
                public void poll(Consumer<ByteBuffer> sink) {
                    Entries.this.poll(sink);
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void poll(Consumer<ByteBuffer> sink) {
            for (ConsumerRecord<ByteBuffer, ByteBuffer> entry : consumer.poll(Duration.ofMillis(100))) {
                sink.accept(entry.value());
            }
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /// With one consumer, so that its start does not count.
    @Override
    LoadResult read() throws IOException, InterruptedException {
        create("read");
        fill("read", READ_ENTRIES);
        try (Entries entries = reader("read")) {
            return ReadLoop.measure(entries::again, READ_ENTRIES, options);
        }
    }

    @Override
    public void close() throws IOException {
        Admin known = admin;
        if (known != null) {
            known.close(Duration.ZERO);
        }
        super.close();
    }

    static String version() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Admin.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        }
        return "Kafka " + properties.getProperty("version", "of an unknown version");
    }
}

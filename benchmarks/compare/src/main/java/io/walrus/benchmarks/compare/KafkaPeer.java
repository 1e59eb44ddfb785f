package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.io.InputStream;
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
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;

/// Kafka's brokers, each a controller too, and Kafka's own clients.
final class KafkaPeer extends Peer {
    private static final String SERIALIZER = ByteArraySerializer.class.getName();
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

    KafkaPeer(Candidate candidate, Place place) throws IOException {
        super(candidate, place);
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
                    .redirectOutput(folders.get(node).resolve("format.log").toFile())
                    .start());
        }
        for (int node = 0; node < ports.length; node++) {
            if (formats.get(node).waitFor() != 0) {
                throw new IOException("Kafka's storage can't be formatted: "
                        + Files.readString(folders.get(node).resolve("format.log")));
            }
        }
    }

    private Path settings(int node) {
        return folders.get(node).resolve("server.properties");
    }

    private String properties(int node) {
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            voters.add((i + 1) + "@127.0.0.1:" + innerPorts[i]);
        }
        String copies = Integer.toString(ports.length);
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=" + (node + 1),
                "controller.quorum.voters=" + String.join(",", voters),
                "listeners=PLAINTEXT://127.0.0.1:" + ports[node] + ",CONTROLLER://127.0.0.1:" + innerPorts[node],
                "advertised.listeners=PLAINTEXT://127.0.0.1:" + ports[node],
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + folders.get(node).resolve("log"),
                "min.insync.replicas=" + Math.min(2, ports.length),
                "offsets.topic.replication.factor=" + copies,
                "transaction.state.log.replication.factor=" + copies,
                "share.coordinator.state.topic.replication.factor=" + copies,
                "auto.create.topics.enable=false"));
        if (candidate.forced()) {
            lines.add("log.flush.interval.messages=1");
        }
        return String.join("\n", lines) + '\n';
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    @Override
    List<String> command(int node) {
        List<String> command = new ArrayList<>(List.of(java(), "-Xms" + Place.HEAP, "-Xmx" + Place.HEAP));
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "kafka.Kafka"));
        command.add(settings(node).toString());
        return command;
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
        try {
            admin().createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IOException("Kafka made no topic: " + e.getCause(), e);
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
        try {
            int controller = admin().describeMetadataQuorum().quorumInfo().get().leaderId();
            List<Integer> replicas = new ArrayList<>(List.of(controller));
            for (int id = 1; id <= ports.length; id++) {
                if (id != controller) {
                    replicas.add(id);
                }
            }
            create(new NewTopic("failover", Map.of(0, replicas)));
            return "failover";
        } catch (ExecutionException e) {
            throw new IOException("Kafka does not tell its controller: " + e.getCause(), e);
        }
    }

    @Override
    int victim(String topic) throws IOException, InterruptedException {
        try {
            var description =
                    admin().describeTopics(List.of(topic)).allTopicNames().get();
            TopicDescription found = description.get(topic);
            if (found == null) {
                throw new IOException("Kafka does not know the topic " + topic);
            }
            return found.partitions().getFirst().leader().id() - 1;
        } catch (ExecutionException e) {
            throw new IOException("Kafka does not tell a topic's leader: " + e.getCause(), e);
        }
    }

    @Override
    Writer writer(int node) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                addresses(),
                "acks",
                "all",
                "batch.size",
                "131072",
                "linger.ms",
                "0",
                "compression.type",
                "none",
                "key.serializer",
                SERIALIZER,
                "value.serializer",
                SERIALIZER));
        return new Writer() {
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
        KafkaConsumer<ByteBuffer, ByteBuffer> consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                addresses(),
                "enable.auto.commit",
                "false",
                "fetch.max.bytes",
                Integer.toString(64 << 20),
                "max.partition.fetch.bytes",
                Integer.toString(8 << 20),
                "max.poll.records",
                "100000",
                "key.deserializer",
                ByteBufferDeserializer.class.getName(),
                "value.deserializer",
                ByteBufferDeserializer.class.getName()));
        return new Entries(consumer, topic);
    }

    static final class Entries implements Reader {
        private final KafkaConsumer<ByteBuffer, ByteBuffer> consumer;
        private final Collection<TopicPartition> partitions;

        Entries(KafkaConsumer<ByteBuffer, ByteBuffer> consumer, String topic) {
            this.consumer = consumer;
            partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            rewind();
        }

        void rewind() {
            consumer.seekToBeginning(partitions);
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
    Rate read() throws IOException, InterruptedException {
        create("read");
        fill("read", Place.READ_ENTRIES);
        try (Entries entries = reader("read")) {
            return ReadLoop.measure(
                    () -> {
                        entries.rewind();
                        return new Reader() {
                            @Override
                            public void poll(Consumer<ByteBuffer> sink) {
                                entries.poll(sink);
                            }

                            @Override
                            public void close() {}
                        };
                    },
                    Place.READ_ENTRIES,
                    place.plan());
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

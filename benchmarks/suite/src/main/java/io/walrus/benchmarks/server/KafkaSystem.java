package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.MeasuringCommand;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.JavaProgram;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/// Kafka's brokers, each a controller too, and Kafka's own clients.
final class KafkaSystem extends TestedSystem {
    /// Of its start script.
    private static final List<String> FLAGS = List.of(("-Xms" + HEAP + " -Xmx" + HEAP
                    + " -server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35"
                    + " -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true -Dlog.level=warn")
            .split(" "));

    private static final Duration POLL = Duration.ofMillis(100);

    private final boolean forced;

    /// @param forced whether each entry is forced to disk before it is acknowledged
    KafkaSystem(String title, int nodes, MeasuringCommand options, boolean forced) throws IOException {
        super(title, nodes, options);
        this.forced = forced;
    }

    @Override
    void prepare() throws IOException {
        String cluster = Uuid.randomUuid().toString();
        for (int node = 0; node < ports.length; node++) {
            Files.writeString(settings(node), properties(node));
            List<String> format =
                    List.of("format", "-t", cluster, "-c", settings(node).toString());
            Ended.of(JavaProgram.of("kafka.tools.StorageTool", List.of("-Xmx256m"), format))
                    .exited(0);
        }
    }

    private Path settings(int node) {
        return folder(node).resolve("server.properties");
    }

    private String properties(int node) {
        String voters = IntStream.range(0, ports.length)
                .mapToObj(i -> (i + 1) + "@127.0.0.1:" + innerPorts[i])
                .collect(Collectors.joining(","));
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
                        voters,
                        ports[node],
                        innerPorts[node],
                        folder(node).resolve("log"),
                        Math.min(2, ports.length),
                        ports.length,
                        forced ? "log.flush.interval.messages=1" : "");
    }

    @Override
    ProcessBuilder process(int node) {
        return JavaProgram.of("kafka.Kafka", FLAGS, List.of(settings(node).toString()));
    }

    @Override
    void create(String topic) throws Exception {
        create(new NewTopic(topic, 1, (short) ports.length));
    }

    private void create(NewTopic topic) throws Exception {
        ask(admin -> admin.createTopics(List.of(topic)).all());
    }

    private <T> T ask(Function<Admin, KafkaFuture<T>> question) throws Exception {
        try (Admin admin = Admin.create(settings(""))) {
            return question.apply(admin).get();
        }
    }

    /// Led by the active controller.
    @Override
    String topicOfTheCoordinator() throws Exception {
        int controller =
                ask(admin -> admin.describeMetadataQuorum().quorumInfo()).leaderId();
        List<Integer> replicas = IntStream.range(0, ports.length)
                .mapToObj(i -> (controller - 1 + i) % ports.length + 1)
                .toList();
        create(new NewTopic("failover", Map.of(0, replicas)));
        return "failover";
    }

    @Override
    int victim(String topic) throws Exception {
        TopicDescription found = ask(admin ->
                        admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic);
        return Objects.requireNonNull(found).partitions().getFirst().leader().id() - 1;
    }

    /// Of a client: these, and where the brokers are.
    private Map<String, Object> settings(String text) {
        return ("bootstrap.servers=" + addresses("", 0) + '\n' + text)
                .lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(setting -> setting[0], setting -> setting[1]));
    }

    /// It learns where topics are before it puts into them: a put would wait for that, maybe on the thread of the
    /// client that would have to bring the answer.
    @Override
    EntryWriter writer(int node, List<String> topics) {
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings("""
                acks=all
                batch.size=131072
                linger.ms=0
                compression.type=none
                key.serializer=%1$s
                value.serializer=%1$s
                """.formatted(ByteArraySerializer.class.getName())));
        topics.forEach(producer::partitionsFor);
        return new EntryWriter(
                (topic, payload) -> {
                    CompletableFuture<RecordMetadata> done = new CompletableFuture<>();
                    var _ = producer.send(new ProducerRecord<>(topic, 0, null, payload), (metadata, failure) -> {
                        if (failure == null) {
                            done.complete(metadata);
                        } else {
                            done.completeExceptionally(failure);
                        }
                    });
                    return done;
                },
                () -> producer.close(Duration.ZERO));
    }

    @Override
    EntryReader reader(String topic) {
        KafkaConsumer<ByteBuffer, ByteBuffer> consumer =
                new KafkaConsumer<>(settings("""
                enable.auto.commit=false
                fetch.max.bytes=67108864
                max.partition.fetch.bytes=8388608
                max.poll.records=100000
                key.deserializer=%1$s
                value.deserializer=%1$s
                """.formatted(ByteBufferDeserializer.class.getName())));
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return new EntryReader(
                sink -> consumer.poll(POLL).forEach(entry -> sink.accept(entry.value())),
                () -> consumer.seekToBeginning(partitions),
                consumer::close);
    }

    static String version() {
        return "Kafka " + AppInfoParser.getVersion();
    }
}

package io.walrus.benchmarks.server;

import io.lettuce.core.RedisClient;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.walrus.benchmarks.report.MeasuringCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/// One Redis server; a topic is a stream. Its log of commands holds all, and nothing rewrites it.
final class RedisSystem extends TestedSystem {
    private static final XReadArgs READ = XReadArgs.Builder.count(1000).block(100);

    private final String appendFsync;
    private final RedisClient client = RedisClient.create("redis://" + addresses("", 0));

    /// @param appendFsync the policy: `always`, `everysec` or `no`
    RedisSystem(String title, MeasuringCommand options, String appendFsync) throws IOException {
        super(title, 1, options);
        this.appendFsync = appendFsync;
    }

    @Override
    ProcessBuilder process(int node) throws IOException {
        Path settings = Files.writeString(
                folder(node).resolve("redis.conf"), """
                port %d
                bind 127.0.0.1
                dir %s
                appendonly yes
                appendfsync %s
                save ""
                auto-aof-rewrite-percentage 0
                """.formatted(ports[node], folder(node), appendFsync));
        return new ProcessBuilder("redis-server", settings.toString());
    }

    /// The first entry makes a stream.
    @Override
    void create(String topic) {
        try (StatefulRedisConnection<String, byte[]> connection = connect()) {
            var _ = connection.sync().ping();
        }
    }

    @Override
    LoadPlan.Target loaded() {
        return LoadPlan.Target.REDIS;
    }

    private StatefulRedisConnection<String, byte[]> connect() {
        return client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    }

    @Override
    EntryWriter writer(int node, List<String> topics) {
        StatefulRedisConnection<String, byte[]> connection = connect();
        return new EntryWriter(
                (topic, payload) ->
                        connection.async().xadd(topic, Map.of("p", payload)).toCompletableFuture(),
                connection::close);
    }

    @Override
    @SuppressWarnings("unchecked") // It is the array of a variable number of arguments.
    EntryReader reader(String topic) {
        StatefulRedisConnection<String, byte[]> connection = connect();
        AtomicReference<String> last = new AtomicReference<>("0-0");
        return new EntryReader(
                sink -> {
                    var next = XReadArgs.StreamOffset.from(topic, last.get());
                    for (var entry : connection.sync().xread(READ, next)) {
                        last.set(entry.getId());
                        sink.accept(ByteBuffer.wrap(
                                entry.getBody().values().iterator().next()));
                    }
                },
                () -> last.set("0-0"),
                connection::close);
    }

    @Override
    public void close() throws IOException {
        client.shutdown(Duration.ZERO, Duration.ZERO);
        super.close();
    }
}

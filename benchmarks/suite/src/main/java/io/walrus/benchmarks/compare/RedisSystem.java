package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.load.RespClient;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.server.RedisServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// One Redis server; a topic is a stream.
final class RedisSystem extends ComparedSystem {
    private static final int READ_COUNT = 1000;

    RedisSystem(Contestant contestant, int nodes, MeasuringOptions options) throws IOException {
        super(contestant, nodes, options);
    }

    @Override
    ProcessBuilder process(int node) {
        return new ProcessBuilder(
                RedisServer.command(contestant.forced() ? "always" : "everysec", folder(node), ports[node]));
    }

    /// The first entry makes a stream.
    @Override
    void create(String topic) throws IOException {
        try (RespClient client = connect()) {
            client.call("PING");
        }
    }

    @Override
    int leader(String topic) {
        return 0;
    }

    private RespClient connect() throws IOException {
        return new RespClient(address(0));
    }

    @Override
    LoadResult put(List<String> topics, int depth, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        return load(LoadedSystem.REDIS, topics, depth, warmUpSeconds, seconds);
    }

    @Override
    LoadResult read() throws IOException, InterruptedException {
        fill("read", READ_ENTRIES);
        return ReadLoop.measure(() -> reader("read", "XRANGE"), READ_ENTRIES, options);
    }

    @Override
    EntryWriter writer(int node) throws IOException {
        RespClient client = connect();
        BlockingQueue<CompletableFuture<RespClient.Value>> underWay = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().name("redis-replies").start(() -> answer(client, underWay));
        return new EntryWriter() {
            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) throws IOException {
                CompletableFuture<RespClient.Value> done = new CompletableFuture<>();
                // Requests leave in the order their replies are waited for.
                synchronized (underWay) {
                    underWay.add(done);
                    client.send("XADD", topic, "*", "p", payload);
                    client.flush();
                }
                return done;
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static void answer(RespClient client, BlockingQueue<CompletableFuture<RespClient.Value>> underWay) {
        try {
            while (true) {
                CompletableFuture<RespClient.Value> oldest = underWay.take();
                try {
                    oldest.complete(client.receive());
                } catch (IOException e) {
                    oldest.completeExceptionally(e);
                    return;
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    EntryReader reader(String topic) throws IOException {
        return reader(topic, "XREAD");
    }

    /// Reads a stream by one command.
    ///
    /// @param command `XRANGE` reads what is there, `XREAD` waits for more
    private EntryReader reader(String topic, String command) throws IOException {
        RespClient client = connect();
        return new EntryReader() {
            private String last = "0-0";

            @Override
            public void poll(Consumer<ByteBuffer> sink) throws IOException {
                if (command.equals("XRANGE")) {
                    entries(client.call("XRANGE", topic, "(" + last, "+", "COUNT", READ_COUNT), sink);
                } else {
                    RespClient.Value streams =
                            client.call("XREAD", "COUNT", READ_COUNT, "BLOCK", 100, "STREAMS", topic, last);
                    for (RespClient.Value stream : many(streams)) {
                        entries(many(stream).get(1), sink);
                    }
                }
            }

            private void entries(RespClient.Value entries, Consumer<ByteBuffer> sink) {
                for (RespClient.Value entry : many(entries)) {
                    last = StandardCharsets.US_ASCII
                            .decode(bytes(many(entry).get(0)))
                            .toString();
                    sink.accept(bytes(many(many(entry).get(1)).get(1)));
                }
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static List<RespClient.Value> many(RespClient.Value reply) {
        if (reply instanceof RespClient.Value.Many(List<RespClient.Value> replies)) {
            return replies;
        }
        throw new IllegalStateException("Redis sent no list: " + reply);
    }

    private static ByteBuffer bytes(RespClient.Value reply) {
        if (reply instanceof RespClient.Value.Bytes(ByteBuffer bytes)) {
            return bytes;
        }
        throw new IllegalStateException("Redis sent no bytes: " + reply);
    }
}

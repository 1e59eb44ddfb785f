package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Contender;
import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.load.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// One Redis server; a topic is a stream.
final class RedisPeer extends Peer {
    private static final int READ_COUNT = 1000;

    RedisPeer(Candidate candidate, Place place) throws IOException {
        super(candidate, place);
    }

    @Override
    List<String> command(int node) {
        Contender settings = candidate.forced() ? Contender.REDIS_ALWAYS : Contender.REDIS_EVERYSEC;
        return settings.command(
                place.launcher(), folders.get(node), ports[node], innerPorts[node], Place.PAYLOAD_BYTES);
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
        return new RespClient(nodes().getFirst().address());
    }

    @Override
    Rate put(List<String> topics, int depth, Plan plan) throws IOException, InterruptedException {
        return LoadPuts.measure(this, Target.REDIS, topics, depth, plan);
    }

    @Override
    Rate read() throws IOException, InterruptedException {
        fill("read", Place.READ_ENTRIES);
        return ReadLoop.measure(() -> reader("read", "XRANGE"), Place.READ_ENTRIES, place.plan());
    }

    @Override
    Writer writer(int node) throws IOException {
        RespClient client = connect();
        BlockingQueue<CompletableFuture<RespClient.Reply>> underWay = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().name("redis-replies").start(() -> answer(client, underWay));
        return new Writer() {
            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) throws IOException {
                CompletableFuture<RespClient.Reply> done = new CompletableFuture<>();
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

    private static void answer(RespClient client, BlockingQueue<CompletableFuture<RespClient.Reply>> underWay) {
        try {
            while (true) {
                CompletableFuture<RespClient.Reply> oldest = underWay.take();
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
    Reader reader(String topic) throws IOException {
        return reader(topic, "XREAD");
    }

    /// @param command `XRANGE` reads what is there, `XREAD` waits for more
    private Reader reader(String topic, String command) throws IOException {
        RespClient client = connect();
        return new Reader() {
            private String last = "0-0";

            @Override
            public void poll(Consumer<ByteBuffer> sink) throws IOException {
                if (command.equals("XRANGE")) {
                    entries(client.call("XRANGE", topic, "(" + last, "+", "COUNT", READ_COUNT), sink);
                } else {
                    RespClient.Reply streams =
                            client.call("XREAD", "COUNT", READ_COUNT, "BLOCK", 100, "STREAMS", topic, last);
                    for (RespClient.Reply stream : many(streams)) {
                        entries(many(stream).get(1), sink);
                    }
                }
            }

            private void entries(RespClient.Reply entries, Consumer<ByteBuffer> sink) {
                for (RespClient.Reply entry : many(entries)) {
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

    private static List<RespClient.Reply> many(RespClient.Reply reply) {
        if (reply instanceof RespClient.Reply.Many(List<RespClient.Reply> replies)) {
            return replies;
        }
        throw new IllegalStateException("Redis sent no list: " + reply);
    }

    private static ByteBuffer bytes(RespClient.Reply reply) {
        if (reply instanceof RespClient.Reply.Bytes(ByteBuffer bytes)) {
            return bytes;
        }
        throw new IllegalStateException("Redis sent no bytes: " + reply);
    }
}

package io.walrus.consensus.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.consensus.Ports;
import io.walrus.consensus.call.InternalCallException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InternalServiceTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final CountDownLatch release = new CountDownLatch(1);

    /// Answers what it is told to.
    private final class Scripted implements GroupCalls {
        @Override
        public byte[] propose(byte[] command) {
            return switch (new String(command, StandardCharsets.UTF_8)) {
                case "fail" -> throw new IllegalStateException("secret detail");
                case "block" -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    yield command;
                }
                case "thread" -> bytes(Boolean.toString(Thread.currentThread().isVirtual()));
                default -> command;
            };
        }

        @Override
        public byte[] ask() {
            return bytes("asked");
        }

        @Override
        public byte[] join(byte[] request) throws InternalCallException {
            throw new InternalCallException(Kind.REFUSED, "not today");
        }

        @Override
        public byte[] remove(byte[] request) {
            return request;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertFails(CompletableFuture<?> call, Kind kind, String part) {
        assertThatThrownBy(() -> call.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(InternalCallException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.getMessage()).contains(part).doesNotContain("secret");
                });
    }

    private static CompletableFuture<byte[]> propose(InternalClient client, String command, Duration timeout) {
        return client.call(InternalMethods.PROPOSE, bytes(command), timeout);
    }

    @Test
    void answersEachCallOnAThreadOfItsOwn() throws Exception {
        int port = Ports.free();
        try (InternalServer server = new InternalServer(port);
                InternalClient client = new InternalClient("127.0.0.1", port)) {
            assertFails(propose(client, "early", TIMEOUT), Kind.REFUSED, "it is still starting");
            server.offer(new Scripted());
            byte[] large = new byte[4 << 20];
            assertThat(client.call(InternalMethods.ASK, new byte[0], TIMEOUT).get())
                    .isEqualTo(bytes("asked"));
            assertThat(client.call(InternalMethods.REMOVE, large, TIMEOUT).get())
                    .isEqualTo(large);
            assertThat(propose(client, "thread", TIMEOUT).get()).isEqualTo(bytes("true"));
            assertFails(client.call(InternalMethods.JOIN, large, TIMEOUT), Kind.REFUSED, "not today");
            assertFails(propose(client, "fail", TIMEOUT), Kind.UNKNOWN, "failed there");

            List<CompletableFuture<byte[]>> blocked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                blocked.add(propose(client, "block", TIMEOUT));
            }
            assertThat(propose(client, "passes", TIMEOUT).get()).isEqualTo(bytes("passes"));
            assertFails(propose(client, "block", Duration.ofMillis(50)), Kind.UNKNOWN, "in time");
            release.countDown();
            CompletableFuture.allOf(blocked.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        }
    }
}

package io.walrus.consensus;

import static io.walrus.consensus.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.InternalCallException.Kind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InternalServiceTest {
    @TempDir
    private Path dir;

    private final CountDownLatch release = new CountDownLatch(1);

    private byte[] handle(byte[] request) throws InternalCallException {
        return switch (new String(request, StandardCharsets.UTF_8)) {
            case "refuse" -> throw new InternalCallException(Kind.REFUSED, "not today");
            case "fail" -> throw new IllegalStateException("secret detail");
            case "block" -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                yield request;
            }
            case "thread" ->
                Boolean.toString(Thread.currentThread().isVirtual()).getBytes(StandardCharsets.UTF_8);
            default -> request;
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertFails(CompletableFuture<byte[]> call, Kind kind, String part) {
        assertThatThrownBy(() -> call.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(InternalCallException.class, e -> {
                    assertThat(e.kind()).isEqualTo(kind);
                    assertThat(e.getMessage()).contains(part).doesNotContain("secret");
                });
    }

    @Test
    void callsShareThePortWithRaft() throws Exception {
        RaftConfig config = LoneNode.config(dir, LoneNode.freePort());
        try (LoneNode node = LoneNode.start(config, this::handle);
                InternalClient client = new InternalClient("127.0.0.1", config.port())) {
            byte[] large = new byte[4 << 20];
            assertThat(client.call(bytes("hello"), TIMEOUT).get()).isEqualTo(bytes("hello"));
            assertThat(client.call(new byte[0], TIMEOUT).get()).isEmpty();
            assertThat(client.call(large, TIMEOUT).get()).isEqualTo(large);
            assertThat(client.call(bytes("thread"), TIMEOUT).get()).isEqualTo(bytes("true"));
            assertFails(client.call(bytes("refuse"), TIMEOUT), Kind.REFUSED, "not today");
            assertFails(client.call(bytes("fail"), TIMEOUT), Kind.UNKNOWN, "failed there");

            List<CompletableFuture<byte[]>> blocked = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                blocked.add(client.call(bytes("block"), TIMEOUT));
            }
            assertThat(client.call(bytes("passes"), TIMEOUT).get()).isEqualTo(bytes("passes"));
            assertFails(client.call(bytes("block"), Duration.ofMillis(50)), Kind.UNKNOWN, "in time");
            release.countDown();
            CompletableFuture.allOf(blocked.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
            assertThat(node.log.status().role()).isEqualTo(RaftStatus.Role.LEADER);
        }
    }

    @Test
    void aNodeThatIsNotThereIsUnreachable() throws Exception {
        int port = LoneNode.freePort();
        try (InternalClient client = new InternalClient("127.0.0.1", port)) {
            assertFails(client.call(bytes("x"), TIMEOUT), Kind.UNREACHABLE, "cannot connect to 127.0.0.1:" + port);
            try (LoneNode node = LoneNode.start(LoneNode.config(dir, port), this::handle)) {
                assertThat(node.log.status().nodeId()).isEqualTo(1);
                await().ignoreExceptions()
                        .untilAsserted(() -> assertThat(
                                        client.call(bytes("x"), TIMEOUT).get())
                                .isEqualTo(bytes("x")));
            }
        }
    }
}

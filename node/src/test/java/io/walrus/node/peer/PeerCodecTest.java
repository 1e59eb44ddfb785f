package io.walrus.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.node.peer.PeerMessage.Block;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What one node says is what the other hears, and what is no message is refused, never read as another one.
class PeerCodecTest {
    private static final long SEED = System.nanoTime();

    private static final List<PeerMessage> ONE_OF_EACH = List.of(
            new PeerMessage.Hello(3, new UUID(1, 2)),
            new PeerMessage.Ping(),
            new PeerMessage.Put(7, 8, 9, 10_000, bytes("entry")),
            new PeerMessage.Put(Long.MAX_VALUE, 1, 1, 0, bytes("")),
            new PeerMessage.Get(1, 2, 3, 4),
            new PeerMessage.State(5, 6),
            new PeerMessage.Read(1, 2, 3, 4),
            new PeerMessage.Done(1),
            new PeerMessage.Payload(2, bytes("häppened")),
            new PeerMessage.Json(3, "{\"a\":1}"),
            new PeerMessage.Empty(4),
            new PeerMessage.Failed(5, "disk full: …"),
            new PeerMessage.Stale(6),
            new PeerMessage.Sync(-1),
            new PeerMessage.Synced(1, 2, List.of(1L, 2L, 3L)));

    @Test
    void everyMessageIsHeardAsItWasSaid() throws Exception {
        assertThat(PeerCodec.decode(encoded(ONE_OF_EACH))).isEqualTo(ONE_OF_EACH);
    }

    @Test
    void aBlockKeepsItsEntriesApart() throws Exception {
        EntryBlock block = new EntryBlock(40, new int[] {3, 0, 2}, bytes("abcde"));
        EntryBlock heard =
                ((Block) PeerCodec.decode(encoded(List.of(new Block(1, block)))).getFirst()).entries();

        assertThat(heard.firstOffset()).isEqualTo(40);
        assertThat(heard.has(39)).isFalse();
        assertThat(heard.has(43)).isFalse();
        assertThat(List.of(heard.copy(40), heard.copy(41), heard.copy(42)))
                .containsExactly(bytes("abc"), bytes(""), bytes("de"));
    }

    @Test
    void aBatchCutAnywhereButBetweenMessagesIsRefused() throws Exception {
        for (PeerMessage message : ONE_OF_EACH) {
            byte[] whole = encoded(List.of(message));
            for (int length = 2; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> PeerCodec.decode(cut))
                        .as("%s cut to %d bytes", message, length)
                        .isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void anotherVersionIsNamed() {
        assertThatThrownBy(() -> PeerCodec.decode(new byte[] {2, 2}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void damagedBytesAreAMessageOrARefusalButNothingElse() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<PeerMessage> messages = new ArrayList<>(ONE_OF_EACH);
        messages.add(new Block(1, new EntryBlock(0, new int[] {1, 2}, bytes("abc"))));
        byte[] whole = encoded(messages);
        for (int run = 0; run < 20_000; run++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damaged[random.nextInt(1, damaged.length)] = (byte) random.nextInt();
            }
            try {
                PeerCodec.decode(damaged);
            } catch (MalformedMessageException _) {
                // As it should be.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", run " + run, e);
            }
        }
    }

    private static byte[] encoded(List<PeerMessage> messages) {
        Batch batch = new Batch();
        messages.forEach(message -> PeerCodec.encode(message, batch));
        return batch.take();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}

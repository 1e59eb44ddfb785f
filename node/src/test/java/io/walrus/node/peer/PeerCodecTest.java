package io.walrus.node.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.metadata.CursorPosition;
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
            new PeerMessage.Hello(3, new UUID(1, 2), new Terms(3_932_080, 3, 2_000, 1_000)),
            new PeerMessage.Ping(),
            new PeerMessage.Put(7, 8, 9, 10_000, bytes("entry")),
            new PeerMessage.Put(Long.MAX_VALUE, 1, 1, 0, bytes("")),
            new PeerMessage.Get(1, 2, 3, 4, 5, 6),
            new PeerMessage.State(5, 6),
            new PeerMessage.Skip(1, 2, 3, 4, new CursorPosition(5, 6), true),
            new PeerMessage.Measure(3, new UUID(4, 5), new SegmentKey(1, 2)),
            new PeerMessage.Measured(6, new CopyLength(new SegmentKey(1, 3), 3, 2, 1, false, new CursorPosition(1, 0))),
            new PeerMessage.Read(1, new SegmentKey(2, 3), ReadKind.ENTRIES, 4, Long.MAX_VALUE, 5),
            new PeerMessage.Done(1),
            new PeerMessage.Payload(2, bytes("häppened")),
            new PeerMessage.Json(3, "{\"a\":1}"),
            new PeerMessage.Empty(4),
            new PeerMessage.Failed(5, "disk full: …"),
            new PeerMessage.Stale(6),
            new PeerMessage.Longer(1, 2),
            new PeerMessage.CopiesEnd(7),
            new PeerMessage.Copied(
                    8,
                    List.of(
                            new CopyOutcome(CopyOutcome.Kind.TAKEN, 9),
                            new CopyOutcome(CopyOutcome.Kind.FAILED, Long.MAX_VALUE))),
            new PeerMessage.Follows(new SegmentKey(1, 2)),
            new PeerMessage.Fence(3, new UUID(4, 5), List.of(new SegmentKey(1, 2), new SegmentKey(1, 3))),
            new PeerMessage.Fenced(
                    6,
                    List.of(
                            new CopyLength(new SegmentKey(1, 2), 3, 2, 1, true, null),
                            new CopyLength(new SegmentKey(1, 3), 3, 2, 1, false, new CursorPosition(1, 0)))),
            new PeerMessage.Fill(7, new SegmentKey(1, 2), 3, 4),
            new PeerMessage.Read(8, new SegmentKey(1, 2), ReadKind.RECORDS, 3, 4, 5),
            new PeerMessage.Holds(
                    9,
                    new UUID(4, 5),
                    List.of(new HeldSegment(new SegmentKey(1, 2), 0), new HeldSegment(new SegmentKey(1, 3), 4))),
            new PeerMessage.Held(9, List.of(new SegmentKey(1, 3))),
            new PeerMessage.Sync(-1, LogHealth.FULL),
            new PeerMessage.Synced(
                    1,
                    2,
                    List.of(new NodeReport(1, LogHealth.FULL, true, 0), new NodeReport(2, LogHealth.OK, false, 7))));

    @Test
    void everyMessageIsHeardAsItWasSaid() throws Exception {
        assertThat(decode(encoded(ONE_OF_EACH))).isEqualTo(ONE_OF_EACH);
    }

    @Test
    void aBlockKeepsItsEntriesApart() throws Exception {
        RecordBlock block =
                new RecordBlock(40, new byte[] {1, 1, 1}, new long[] {7, 8, 9}, new int[] {0, 3, 3, 5}, bytes("abcde"));
        RecordBlock heard =
                ((Block) decode(encoded(List.of(new Block(1, block)))).getFirst()).records();

        assertThat(heard.first()).isEqualTo(40);
        assertThat(heard.has(39)).isFalse();
        assertThat(heard.has(43)).isFalse();
        assertThat(List.of(heard.copy(40), heard.copy(41), heard.copy(42)))
                .containsExactly(bytes("abc"), bytes(""), bytes("de"));
    }

    @Test
    void recordsKeepTheirKindTimeAndBytes() throws Exception {
        RecordBlock block =
                new RecordBlock(40, new byte[] {1, 3, 1}, new long[] {7, 8, 9}, new int[] {0, 3, 3, 5}, bytes("abcde"));
        RecordBlock heard =
                ((Block) decode(encoded(List.of(new Block(1, block)))).getFirst()).records();

        assertThat(heard.first()).isEqualTo(40);
        assertThat(heard.next()).isEqualTo(43);
        assertThat(List.of(heard.type(0), heard.type(1), heard.type(2))).containsExactly((byte) 1, (byte) 3, (byte) 1);
        assertThat(List.of(heard.timestampMs(0), heard.timestampMs(1), heard.timestampMs(2)))
                .containsExactly(7L, 8L, 9L);
        assertThat(heard.payload(0)).isEqualTo(bytes("abc"));
        assertThat(heard.payload(1)).isEqualTo(bytes(""));
        assertThat(heard.payload(2)).isEqualTo(bytes("de"));
    }

    /// Whoever sent a message may write over it once it was heard.
    @Test
    void nothingHeardDependsOnTheBytesItCameInButRecordsToBeCopied() throws Exception {
        RecordBlock block =
                new RecordBlock(4, new byte[] {1, 3}, new long[] {7, 8}, new int[] {0, 3, 5}, bytes("abcde"));
        List<PeerMessage> messages = new ArrayList<>(ONE_OF_EACH);
        messages.add(new Block(1, block));
        messages.add(new PeerMessage.Copy(new SegmentKey(1, 2), block));
        for (PeerMessage message : messages) {
            byte[] encoded = encoded(List.of(message));
            byte[] lent = encoded.clone();
            PeerMessage heard = decode(lent).getFirst();
            PeerMessage kept = heard instanceof PeerMessage.Copy copy ? copy.copied() : heard;
            Arrays.fill(lent, (byte) 0x55);
            assertThat(encoded(List.of(kept))).as("%s", message).isEqualTo(encoded);
        }
    }

    /// Records are stored as they come, so no damage may pass for a record.
    @Test
    void recordsWithAnyBitFlippedAreRefused() {
        RecordBlock block =
                new RecordBlock(4, new byte[] {1, 3}, new long[] {7, 8}, new int[] {0, 3, 5}, bytes("abcde"));
        for (PeerMessage message : List.of(new Block(1, block), new PeerMessage.Copy(new SegmentKey(1, 2), block))) {
            byte[] whole = encoded(List.of(message));
            int addressed = message instanceof Block ? Long.BYTES : 2 * Long.BYTES;
            for (int bit = (2 + addressed) * Byte.SIZE; bit < whole.length * Byte.SIZE; bit++) {
                byte[] damaged = whole.clone();
                damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
                assertThatThrownBy(() -> decode(damaged))
                        .as("bit %d", bit)
                        .isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void aBatchCutAnywhereButBetweenMessagesIsRefused() throws Exception {
        for (PeerMessage message : ONE_OF_EACH) {
            byte[] whole = encoded(List.of(message));
            for (int length = 2; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> decode(cut))
                        .as("%s cut to %d bytes", message, length)
                        .isInstanceOf(MalformedMessageException.class);
            }
        }
    }

    @Test
    void anotherVersionIsNamed() {
        assertThatThrownBy(() -> decode(new byte[] {1, 2}))
                .isInstanceOf(MalformedMessageException.class)
                .hasMessageContaining("version 1 of the protocol");
    }

    @Test
    void damagedBytesAreAMessageOrARefusalButNothingElse() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<PeerMessage> messages = new ArrayList<>(ONE_OF_EACH);
        messages.add(new Block(
                1, new RecordBlock(0, new byte[] {1, 1}, new long[] {2, 3}, new int[] {0, 1, 3}, bytes("abc"))));
        messages.add(new PeerMessage.Copy(
                new SegmentKey(1, 2),
                new RecordBlock(0, new byte[] {1, 1}, new long[] {2, 3}, new int[] {0, 1, 3}, bytes("abc"))));
        byte[] whole = encoded(messages);
        for (int run = 0; run < 20_000; run++) {
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                damaged[random.nextInt(1, damaged.length)] = (byte) random.nextInt();
            }
            try {
                decode(damaged);
            } catch (MalformedMessageException _) {
                // As it should be.
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + ", run " + run, e);
            }
        }
    }

    private static byte[] encoded(List<PeerMessage> messages) {
        Batch batch = new Batch(new SendBuffers());
        messages.forEach(message -> PeerCodec.encode(message, batch));
        ByteBuffer taken = batch.take();
        byte[] bytes = new byte[taken.remaining()];
        taken.get(bytes);
        return bytes;
    }

    private static List<PeerMessage> decode(byte[] batch) throws MalformedMessageException {
        return PeerCodec.decode(ByteBuffer.wrap(batch));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}

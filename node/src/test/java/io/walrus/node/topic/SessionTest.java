package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.SmallEngine;
import io.walrus.storage.engine.LogStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

/// Replies of one connection: in the order of the requests, and none before it is known.
class SessionTest {
    private static final SegmentKey KEY = new SegmentKey(7, 1);
    private static final int MAX_UNDER_WAY = 40;

    @TempDir
    private Path folder;

    private final ClientMemory memory = new ClientMemory(64 << 20);
    private final List<String> wakes = new ArrayList<>();
    private final Session session = new Session(memory, MAX_UNDER_WAY, () -> wakes.add("woken"));
    private final Replies replies = new Replies();
    private SmallEngine engine;
    private LogStream stream;
    private LedSegment led;

    @BeforeEach
    void open() throws IOException {
        engine = new SmallEngine(folder);
        stream = engine.create(KEY);
        Replica self = new Replica(1, new UUID(1, 1));
        List<Replica> both = List.of(self, new Replica(2, new UUID(1, 2)));
        led = new LedSegment(KEY, new OpenSegment(1, 1, both, TreePMap.empty()), stream, self);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private int deliver() {
        return session.deliver(replies, null);
    }

    @Test
    void repliesLeaveInTheOrderOfTheRequests() {
        Slot first = session.add();
        Slot second = session.add();
        Slot third = session.add();
        third.empty();
        second.error("no");
        assertThat(deliver()).isZero();
        first.ok();
        assertThat(deliver()).isEqualTo(3);
        assertThat(replies.told).containsExactly("OK", "ERR no", "EMPTY");
        assertThat(session.underWay()).isZero();
    }

    @Test
    void eachKindOfReplyIsToldAsWhatItIs() {
        session.add().payload(bytes("entry"));
        session.add().fetched(8, bytes("fetched"));
        session.add().json("{}");
        session.add().text("help");
        assertThat(deliver()).isEqualTo(4);
        assertThat(replies.told).containsExactly("OK entry", "OK fetched next 8", "JSON {}", "OK help");
    }

    @Test
    void aPutIsAnsweredOnceItsRecordIsCommitted() throws IOException {
        engine.append(stream, "a");
        session.add().okOnceCommitted(led, 0);
        assertThat(deliver()).isZero();
        led.followers()[0].reached(1);
        assertThat(deliver()).isEqualTo(1);
        assertThat(replies.told).containsExactly("OK");
    }

    @Test
    void anEntryIsHandedOutOnceItsCursorRecordIsCommitted() throws IOException {
        engine.append(stream, "a", "b");
        Slot get = session.add();
        get.hold(bytes("entry"));
        get.payloadOnceCommitted(led, 1);
        led.followers()[0].reached(1);
        assertThat(deliver()).isZero();
        led.followers()[0].reached(2);
        assertThat(deliver()).isEqualTo(1);
        assertThat(replies.told).containsExactly("OK entry");
    }

    @Test
    void whatTheSealLeftOutWasNotStored() throws IOException {
        engine.append(stream, "a", "b");
        session.add().okOnceCommitted(led, 0);
        session.add().okOnceCommitted(led, 1);
        led.followers()[0].reached(1);
        led.ended(new SealedSegment(1, 1, 1, 10, 1, List.of(new Replica(2, new UUID(1, 2))), 0));
        assertThat(deliver()).isEqualTo(2);
        assertThat(replies.told.getFirst()).isEqualTo("OK");
        assertThat(replies.told.getLast()).startsWith("ERR not ready").contains("nothing was done");
    }

    @Test
    void nobodyKnowsWhatBecameOfARecordInASegmentThatIsGone() throws IOException {
        engine.append(stream, "a");
        session.add().okOnceCommitted(led, 0);
        led.ended(null);
        deliver();
        assertThat(replies.told.getFirst()).startsWith("ERR outcome unknown");
    }

    @Test
    void aLogThatFailedAnswersAllThatWaitsForIt() throws IOException {
        engine.append(stream, "a");
        session.add().okOnceCommitted(led, 0);
        assertThat(session.deliver(replies, "outcome unknown: the log failed")).isEqualTo(1);
        assertThat(replies.told).containsExactly("ERR outcome unknown: the log failed");
    }

    @Test
    void slotsAreUsedAgainAndGrowInNumberWithWhatIsUnderWay() {
        for (int round = 0; round < 3; round++) {
            List<Slot> slots = new ArrayList<>();
            while (session.hasRoom()) {
                slots.add(session.add());
            }
            assertThat(slots).hasSize(MAX_UNDER_WAY).doesNotHaveDuplicates();
            slots.reversed().forEach(Slot::ok);
            assertThat(deliver()).isEqualTo(MAX_UNDER_WAY);
        }
    }

    @Test
    void aRequestThatHadNoRoomInTheLogIsTakenBack() {
        session.add().ok();
        session.add();
        session.removeLast();
        assertThat(session.underWay()).isEqualTo(1);
        session.add().empty();
        deliver();
        assertThat(replies.told).containsExactly("OK", "EMPTY");
    }

    @Test
    void aSessionThatHoldsMuchTakesNoMoreUntilItLeft() {
        Slot large = session.add();
        large.hold(ByteBuffer.allocate(5 << 20));
        assertThat(session.hasRoom()).isFalse();
        large.payload(ByteBuffer.allocate(5 << 20));
        assertThat(session.hasRoom()).isFalse();
        deliver();
        assertThat(session.hasRoom()).isTrue();
    }

    /// Entries that are yet to be read are counted as if they were there.
    @Test
    void getsThatWaitForTheDiskCount() {
        Session wide = new Session(memory, 1_000, () -> {});
        List<Slot> waiting = new ArrayList<>();
        while (wide.hasRoom()) {
            Slot slot = wide.add();
            slot.expectPayload();
            waiting.add(slot);
        }
        assertThat(waiting).hasSizeLessThan(1_000);
        waiting.forEach(Slot::letGo);
        assertThat(wide.hasRoom()).isTrue();
    }

    /// The entries of requests that wait are longer than they were counted: they are held only as far as there is room.
    @Test
    void aReplyThatMayNotBeHeldIsPutOffWithAllBehindIt() {
        List<Slot> slots = List.of(session.add(), session.add(), session.add());
        List<String> again = new ArrayList<>();
        slots.get(0).payload(ByteBuffer.allocate(3 << 20));
        assertThat(slots.get(1).mayHold(2 << 20)).isFalse();
        slots.get(1).park(2 << 20, 0, () -> {
            again.add("second");
            slots.get(1).payload(ByteBuffer.allocate(2 << 20));
        });
        assertThat(slots.get(2).mayHold(1)).isFalse();
        slots.get(2).park(1, 0, () -> {
            again.add("third");
            slots.get(2).payload(ByteBuffer.allocate(1));
        });
        assertThat(session.hasRoom()).isFalse();
        session.resumeParked(1, 1_000);
        assertThat(again).isEmpty();

        assertThat(deliver()).isEqualTo(1);
        session.resumeParked(1, 1_000);
        assertThat(again).containsExactly("second", "third");
        assertThat(deliver()).isEqualTo(2);
        assertThat(memory.usedBytes()).isZero();
        assertThat(session.hasRoom()).isTrue();
    }

    /// What is held behind it can't leave before it does.
    @Test
    void theReplyThatIsNextNeedsNoMoreThanFreeMemory() {
        Slot next = session.add();
        session.add().payload(ByteBuffer.allocate(4 << 20));
        assertThat(next.mayHold(1 << 20)).isFalse();
        next.park(1 << 20, 0, () -> {
            assertThat(next.mayHold(1 << 20)).isTrue();
            next.payload(ByteBuffer.allocate(1 << 20));
        });
        session.resumeParked(1, 1_000);
        assertThat(deliver()).isEqualTo(2);
    }

    @Test
    void whereNoMemoryIsLeftTheNextReplyIsRefusedInTheEnd() {
        memory.hold(64 << 20);
        Slot next = session.add();
        assertThat(next.mayHold(1 << 20)).isFalse();
        next.park(1 << 20, 0, () -> next.ok());
        session.resumeParked(1_000, 1_000);
        assertThat(deliver()).isZero();
        session.resumeParked(1_001, 1_000);
        assertThat(deliver()).isEqualTo(1);
        assertThat(replies.told.getFirst()).startsWith("ERR not ready").contains("memory");
        assertThat(memory.shortages()).isPositive();
    }

    /// However many connections hold on to replies, there is some for others.
    @Test
    void eachMayHoldAShareOfWhatIsFree() {
        for (int i = 0; i < 20; i++) {
            Session greedy = new Session(memory, 1_000, () -> {});
            while (greedy.hasRoom()) {
                Slot slot = greedy.add();
                if (!slot.mayHold(100 << 10)) {
                    break;
                }
                slot.payload(ByteBuffer.allocate(100 << 10));
            }
        }
        assertThat(memory.shortages()).isZero();
        assertThat(memory.usedBytes()).isLessThan(64 << 20);
        assertThat(session.add().mayHold(1 << 20)).isTrue();
    }

    @Test
    void whatNobodyWillReadIsLetGo() {
        Slot parked = session.add();
        parked.park(1, 0, () -> {
            throw new AssertionError("given up");
        });
        session.add().payload(ByteBuffer.allocate(1_000));
        session.abandon();
        session.discard(null);
        assertThat(session.underWay()).isZero();
        assertThat(memory.usedBytes()).isZero();
        assertThat(replies.told).isEmpty();
    }

    @Test
    void whatWaitedIsToldThatItCanGo() {
        Slot slot = session.add();
        slot.refuse("too late");
        assertThat(wakes).containsExactly("woken");
        deliver();
        assertThat(replies.told).containsExactly("ERR too late");
    }

    @Test
    void nothingLeavesWhileTheConnectionTakesNoMore() {
        session.add().ok();
        replies.hasRoom = false;
        assertThat(deliver()).isZero();
        replies.hasRoom = true;
        assertThat(deliver()).isEqualTo(1);
    }

    private static final class Replies implements ReplySink {
        private final List<String> told = new ArrayList<>();
        private boolean hasRoom = true;

        @Override
        public boolean hasRoom() {
            return hasRoom;
        }

        @Override
        public void ok() {
            told.add("OK");
        }

        @Override
        public void ok(ByteBuffer payload) {
            told.add("OK " + StandardCharsets.UTF_8.decode(payload));
        }

        @Override
        public void okFetched(long nextOffset, ByteBuffer payload) {
            told.add("OK " + StandardCharsets.UTF_8.decode(payload) + " next " + nextOffset);
        }

        @Override
        public void json(String body) {
            told.add("JSON " + body);
        }

        @Override
        public void empty() {
            told.add("EMPTY");
        }

        @Override
        public void error(String message) {
            told.add("ERR " + message);
        }
    }
}

package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.SmallEngine;
import io.walrus.node.topic.LedSegment.Fate;
import io.walrus.storage.engine.LogStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pcollections.TreePMap;

/// What is committed of a segment as its leader counts it.
class LedSegmentTest {
    private static final SegmentKey KEY = new SegmentKey(7, 1);
    private static final long SECOND_NS = 1_000_000_000L;

    @TempDir
    private Path folder;

    private SmallEngine engine;
    private LogStream stream;

    @BeforeEach
    void open() throws IOException {
        engine = new SmallEngine(folder);
        stream = engine.create(KEY);
    }

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    private static Replica replica(long nodeId) {
        return new Replica(nodeId, new UUID(1, nodeId));
    }

    private LedSegment led(int replicas) {
        List<Replica> all = LongStream.rangeClosed(1, replicas)
                .mapToObj(LedSegmentTest::replica)
                .toList();
        return new LedSegment(KEY, new OpenSegment(1, 1, all, TreePMap.empty()), stream, replica(1));
    }

    private static SealedSegment sealed(long records) {
        return new SealedSegment(1, records, records, 10 * records, 1, List.of(replica(1)), 0);
    }

    @Test
    void aSegmentWithoutFollowersIsCommittedOnceItIsDurableHere() throws IOException {
        LedSegment led = led(1);
        assertThat(led.isAllCommitted()).isTrue();
        engine.append(stream, "a", "b");
        assertThat(led.committedRecords()).isEqualTo(2);
        assertThat(led.isConfirmedSince(Long.MAX_VALUE))
                .as("there is nobody to ask")
                .isTrue();
        assertThat(led.lacksRoom()).isFalse();
    }

    /// A majority of all replicas, this node among them: of an even number, one more than half.
    @ParameterizedTest
    @CsvSource({"2, 1", "3, 1", "4, 2", "5, 2", "6, 3", "7, 3"})
    void soManyFollowersAreNeeded(int replicas, int needed) throws IOException {
        LedSegment led = led(replicas);
        engine.append(stream, "a");
        for (int i = 0; i < needed - 1; i++) {
            led.followers()[i].reached(1);
        }
        assertThat(led.committedRecords()).isZero();
        led.followers()[led.followers().length - 1].reached(1);
        assertThat(led.committedRecords()).isEqualTo(1);
    }

    @Test
    void whatAMajorityHasIsCommittedHoweverFarEachIs() throws IOException {
        LedSegment led = led(5);
        engine.append(stream, "a", "b", "c", "d");
        Progress[] followers = led.followers();
        followers[0].reached(4);
        followers[1].reached(2);
        assertThat(led.committedRecords()).isEqualTo(2);
        followers[2].reached(3);
        assertThat(led.committedRecords()).isEqualTo(3);
        followers[3].reached(4);
        assertThat(led.committedRecords()).isEqualTo(4);
        assertThat(led.isAllCommitted()).isTrue();
    }

    @Test
    void followersThatAreAheadOfThisDiskDontCommitByThemselves() {
        LedSegment led = led(3);
        led.followers()[0].reached(5);
        led.followers()[1].reached(5);
        assertThat(led.committedRecords()).isZero();
    }

    @Test
    void aLateAnswerTakesNothingBack() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a", "b");
        led.followers()[0].reached(2);
        led.followers()[0].reached(1);
        assertThat(led.committedRecords()).isEqualTo(2);
    }

    @Test
    void cursorRecordsAreNoEntries() throws IOException {
        LedSegment led = led(2);
        engine.append(stream, "a");
        led.cursorAppended(stream.records());
        engine.appendCursor(stream, CursorPosition.SHARED, 1, 1);
        engine.append(stream, "b");
        Progress follower = led.followers()[0];

        follower.reached(1);
        assertThat(led.committedEntries()).isEqualTo(1);
        follower.reached(2);
        assertThat(led.committedRecords()).isEqualTo(2);
        assertThat(led.committedEntries()).isEqualTo(1);
        follower.reached(3);
        assertThat(led.committedEntries()).isEqualTo(2);
    }

    @Test
    void aRecordIsPendingUntilItIsCommitted() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a", "b");
        led.followers()[1].reached(1);
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(1)).isEqualTo(Fate.PENDING);
    }

    @Test
    void theSealSaysWhatIsStored() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a", "b", "c");
        led.followers()[0].reached(1);
        led.ended(sealed(2));
        assertThat(led.isOver()).isTrue();
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(1)).as("nobody had said so, but others have it").isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(2)).isEqualTo(Fate.NOT_STORED);
    }

    /// Half of the replicas may have sealed it, and what only they have is lost with their disks.
    @ParameterizedTest
    @CsvSource({"2, 1", "4, 2"})
    void theSealOfAnEvenNumberSaysWhatIsNotStored(int replicas, int needed) throws IOException {
        LedSegment led = led(replicas);
        engine.append(stream, "a", "b", "c");
        for (int i = 0; i < needed; i++) {
            led.followers()[i].reached(1);
        }
        led.ended(sealed(2));
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(1)).as("half of them have it for sure").isEqualTo(Fate.UNKNOWN);
        assertThat(led.fate(2)).isEqualTo(Fate.NOT_STORED);
    }

    /// An operator has given up what this node could acknowledge, as it was cut off from all others.
    @Test
    void whatWasGivenUpIsNotStored() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a", "b");
        led.followers()[0].reached(2);
        led.ended(sealed(1));
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(1)).isEqualTo(Fate.NOT_STORED);
    }

    /// It was sealed, and another one since: what it was sealed with is not known any more.
    @Test
    void nobodyKnowsWhatBecameOfASegmentThatLeftTheChain() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a", "b");
        led.followers()[0].reached(1);
        led.ended(null);
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
        assertThat(led.fate(1)).isEqualTo(Fate.UNKNOWN);
    }

    @Test
    void whatIsNotCommittedInTimeIsUnknownAndMayBeCommittedYet() throws IOException {
        LedSegment led = led(3);
        engine.append(stream, "a");
        led.giveUp(0, SECOND_NS);
        engine.append(stream, "b");
        led.giveUp(SECOND_NS, SECOND_NS);
        assertThat(led.fate(0)).isEqualTo(Fate.PENDING);

        led.giveUp(SECOND_NS + 1, SECOND_NS);
        assertThat(led.fate(0)).isEqualTo(Fate.UNKNOWN);
        assertThat(led.fate(1)).as("which came a second later").isEqualTo(Fate.PENDING);

        led.followers()[0].reached(2);
        assertThat(led.fate(0)).isEqualTo(Fate.COMMITTED);
    }

    @Test
    void aMajorityConfirmsTheLeaderOnceItAnsweredWhatWasSentSince() {
        LedSegment led = led(5);
        led.followers()[0].confirm(100);
        assertThat(led.isConfirmedSince(100)).isFalse();
        led.followers()[2].confirm(90);
        assertThat(led.isConfirmedSince(90)).isTrue();
        assertThat(led.isConfirmedSince(100)).isFalse();
        led.followers()[2].confirm(110);
        led.followers()[2].confirm(95);
        assertThat(led.isConfirmedSince(100))
                .as("a late answer takes nothing back")
                .isTrue();
    }

    @Test
    void withTooManyFullDisksNothingCanBeCommitted() {
        LedSegment led = led(3);
        Progress[] followers = led.followers();
        followers[0].refused(true);
        assertThat(led.lacksRoom()).isFalse();
        followers[1].refused(true);
        assertThat(led.lacksRoom()).isTrue();
        assertThat(followers[0].taken())
                .as("it had been sent one record at a time")
                .isTrue();
        assertThat(led.lacksRoom()).isFalse();
        followers[0].refused(false);
        assertThat(led.lacksRoom()).as("a refusal for another reason").isFalse();
        assertThat(followers[0].isCautious()).isTrue();
    }

    @Test
    void changesAreToldOnceUntilTheyAreSent() {
        LedSegment led = led(3);
        assertThat(led.change()).isTrue();
        assertThat(led.change()).isFalse();
        led.changesSent();
        assertThat(led.change()).isTrue();
    }

    @Test
    void sendingBeginsAnewInAnotherEpoch() {
        Progress progress = led(2).followers()[0];
        progress.sent(5);
        int before = progress.epoch();
        progress.stop(1_000);
        assertThat(progress.isStoppedUntil(999)).isTrue();
        assertThat(progress.isStoppedUntil(1_000)).isFalse();
        assertThat(progress.isStopped()).as("until something begins anew").isTrue();

        progress.restart(2);
        assertThat(progress.next()).isEqualTo(2);
        assertThat(progress.epoch()).isNotEqualTo(before);
        assertThat(progress.isStopped()).isFalse();
    }
}

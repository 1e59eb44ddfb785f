package io.walrus.storage.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Goal: a chain of files has no gaps, whatever is done to it, and tells which files a change dropped. Method: three
/// files of ten records each, an entry in every record, cut, trimmed and extended.
class FileChainTest {
    private static final StreamFile FIRST = file(1, 0, 10);
    private static final StreamFile SECOND = file(2, 10, 20);
    private static final StreamFile THIRD = file(3, 20, 30);
    private static final FileChain CHAIN = new FileChain(List.of(FIRST, SECOND, THIRD), at(30));

    private static Counts at(long record) {
        return new Counts(record, record, 8 * record);
    }

    private static StreamFile file(int epoch, long from, long to) {
        return new StreamFile(epoch, at(from), at(to), 1000, false);
    }

    @Test
    void aCutEndsTheFileItIsInAndDropsThoseBehind() {
        FileChain cut = CHAIN.cut(at(15));
        assertThat(cut.end()).isEqualTo(at(15));
        assertThat(cut.files()).containsExactly(FIRST, SECOND.cut(at(15)));
        assertThat(CHAIN.droppedBy(cut))
                .as("a file that was cut is still there")
                .containsExactly(THIRD);
    }

    @Test
    void aCutBetweenFilesLeavesTheOneBeforeAsItIs() {
        FileChain cut = CHAIN.cut(at(20));
        assertThat(cut.files()).containsExactly(FIRST, SECOND);
        assertThat(CHAIN.droppedBy(cut)).containsExactly(THIRD);
    }

    @Test
    void aCutBehindTheEndChangesNothing() {
        assertThat(CHAIN.cut(at(30))).isSameAs(CHAIN);
        assertThat(CHAIN.cut(at(31))).isSameAs(CHAIN);
    }

    @Test
    void aTrimDropsWholeFilesOnly() {
        assertThat(CHAIN.trimmed(19)).isEqualTo(new FileChain(List.of(SECOND, THIRD), at(30)));
        FileChain trimmed = CHAIN.trimmed(20);
        assertThat(trimmed.files()).containsExactly(THIRD);
        assertThat(trimmed.firstRecord()).isEqualTo(20);
        assertThat(CHAIN.droppedBy(trimmed)).containsExactly(FIRST, SECOND);
    }

    @Test
    void aChainWithoutFilesBeginsWhereItEnds() {
        FileChain trimmed = CHAIN.trimmed(30);
        assertThat(trimmed.files()).isEmpty();
        assertThat(trimmed.firstRecord()).isEqualTo(30);
        assertThat(trimmed.last()).isNull();
    }

    @Test
    void whatIsFlushedGrowsTheLastFileOrFollowsInANewOne() {
        StreamFile grown = THIRD.grown(at(35), 2000);
        assertThat(CHAIN.extended(grown, false)).isEqualTo(new FileChain(List.of(FIRST, SECOND, grown), at(35)));
        StreamFile fourth = file(4, 30, 33);
        assertThat(CHAIN.extended(fourth, true))
                .isEqualTo(new FileChain(List.of(FIRST, SECOND, THIRD, fourth), at(33)));
    }

    @Test
    void aFileIsFoundByWhatItEndsBehind() {
        assertThat(CHAIN.endingBehind(9, true)).isEqualTo(FIRST);
        assertThat(CHAIN.endingBehind(10, false)).isEqualTo(SECOND);
        assertThat(CHAIN.endingBehind(30, true)).isNull();
        assertThat(CHAIN.trimmed(20).endingBehind(3, true))
                .as("the first that is kept")
                .isEqualTo(THIRD);
    }

    @Test
    void countsAreKnownWhereFilesBeginAndAtTheEnd() {
        assertThat(CHAIN.countsBefore(10)).isEqualTo(at(10));
        assertThat(CHAIN.countsBefore(30)).isEqualTo(at(30));
        assertThat(CHAIN.countsBefore(11)).isNull();
    }
}

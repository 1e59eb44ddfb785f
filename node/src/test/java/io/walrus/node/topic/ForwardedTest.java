package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardedTest {
    private final Forwarded forwarded = new Forwarded();
    private final Session session = new Session(new ClientMemory(64 << 20), 8, () -> {});
    private final Deque<Slot> puts = new ArrayDeque<>();
    private final Deque<Slot> gets = new ArrayDeque<>();

    /// A leader that is about to seal returns the latest request first: earlier ones it had taken up already.
    @Test
    void whatComesBackGoesAgainInTheOrderInWhichItWasSentAndBeforeWhatCameLater() {
        Slot first = session.add();
        Slot second = session.add();
        Slot third = session.add();
        long firstPlace = forwarded.sent(1);
        long secondPlace = forwarded.sent(1);
        puts.add(third);

        forwarded.putReturned(secondPlace, second, 1, 0);
        end();
        assertThat(puts).as("while another is under way").containsExactly(third);
        assertThat(forwarded.mayFollow(1)).isFalse();
        assertThat(forwarded.mayFollow(2)).isFalse();

        forwarded.putReturned(firstPlace, first, 1, 0);
        end();
        assertThat(puts).containsExactlyElementsOf(List.of(first, second, third));
        assertThat(forwarded.isUnderWay()).isFalse();
        assertThat(forwarded.mayFollow(2)).isTrue();
    }

    @Test
    void theSameHoldsForGets() {
        Slot first = session.add();
        Slot second = session.add();
        long firstPlace = forwarded.sent(1);
        long secondPlace = forwarded.sent(1);
        forwarded.getReturned(secondPlace, second, 1, 0);
        end();
        forwarded.getReturned(firstPlace, first, 1, 0);
        end();
        assertThat(gets).containsExactly(first, second);
        assertThat(puts).isEmpty();
    }

    /// The leader refuses all that came behind it, until it is asked again with room for the entry.
    @Test
    void aGetThatIsPutOffBeginsAnewWithTheRoomItNeeds() {
        Slot first = session.add();
        Slot second = session.add();
        int course = forwarded.course();
        long firstPlace = forwarded.sent(1);
        long secondPlace = forwarded.sent(1);
        forwarded.getPutOff(firstPlace, first, 1 << 20);
        end();
        assertThat(forwarded.course()).isEqualTo(course);
        assertThat(forwarded.mayFollow(1)).isFalse();
        forwarded.getPutOff(secondPlace, second, 1 << 20);
        end();
        assertThat(gets).containsExactly(first, second);
        assertThat(forwarded.mayFollow(1)).isTrue();
        assertThat(forwarded.course()).isNotEqualTo(course);
        assertThat(forwarded.expectedBytes()).isEqualTo(1 << 20);
        for (int i = 0; i < 100; i++) {
            forwarded.handedOut(10);
        }
        assertThat(forwarded.expectedBytes()).isEqualTo(64 << 10);
    }

    /// What was sent before it may be under way for as long again.
    @Test
    void whatCameBackNeedNotWaitForWhatIsUnderWay() {
        Slot first = session.add();
        Slot second = session.add();
        forwarded.sent(1);
        forwarded.putReturned(forwarded.sent(1), first, 1, 0);
        end();
        forwarded.getReturned(forwarded.sent(1), second, 1, 0);
        end();
        assertThat(forwarded.takeOverdue(slot -> false)).isEmpty();
        assertThat(forwarded.hasReturned()).isTrue();
        assertThat(forwarded.takeOverdue(slot -> slot == first)).containsExactly(first);
        assertThat(forwarded.takeOverdue(slot -> true)).containsExactly(second);
        assertThat(forwarded.hasReturned()).isFalse();
        end();
        assertThat(puts).isEmpty();
        assertThat(gets).isEmpty();
    }

    private void end() {
        forwarded.ended();
        forwarded.takeBack(puts, gets);
    }
}

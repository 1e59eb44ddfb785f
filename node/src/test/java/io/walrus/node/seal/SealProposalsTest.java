package io.walrus.node.seal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Command;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Replica;
import io.walrus.node.port.MetadataPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SealProposalsTest {
    private final List<Command> proposed = new ArrayList<>();
    private final SealProposals proposals = new SealProposals(new Recorder());

    private static List<SealSegment> seals(int count) {
        List<Replica> next = List.of(new Replica(1, new UUID(1, 1)));
        return LongStream.rangeClosed(1, count)
                .mapToObj(topic -> new SealSegment(topic, 1, 5, 5, 50, Map.of(), 1, next))
                .toList();
    }

    @Test
    void nothingToSealIsNoProposal() {
        proposals.propose(List.of());
        assertThat(proposed).isEmpty();
    }

    @Test
    void oneSealGoesByItself() {
        proposals.propose(seals(1));
        assertThat(proposed).containsExactlyElementsOf(seals(1));
    }

    @Test
    void manyGoTogetherAndVeryManyInParts() {
        proposals.propose(seals(2));
        assertThat(proposed).containsExactly(new Command.Batch(List.copyOf(seals(2))));

        proposed.clear();
        proposals.propose(seals(501));
        assertThat(proposed).hasSize(2);
        assertThat(proposed.getFirst())
                .isEqualTo(new Command.Batch(List.copyOf(seals(501).subList(0, 500))));
        assertThat(proposed.getLast()).isEqualTo(seals(501).getLast());
    }

    private final class Recorder implements MetadataPort {
        @Override
        public void propose(Command command, ProposalReply reply) {
            proposed.add(command);
        }

        @Override
        public boolean leads() {
            return false;
        }

        @Override
        public void yieldLead() {}

        @Override
        public long leaderId() {
            return 0;
        }

        @Override
        public boolean isMember(long nodeId) {
            return true;
        }

        @Override
        public void removeMember(long nodeId, RemovalReply reply) {}
    }
}

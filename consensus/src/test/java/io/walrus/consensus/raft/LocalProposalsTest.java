package io.walrus.consensus.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.call.Attempt;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.junit.jupiter.api.Test;

/// What a failure of Ratis means for a proposal, and what people are told of it.
class LocalProposalsTest {
    @Test
    void aProposalThatFoundNoPlaceWasNotMade() {
        assertThat(LocalProposals.failed(new CompletionException(new ResourceUnavailableException(
                        "1@group-1D6B7D5B6A7F: Failed to acquire a pending write request for RaftClientRequest"))))
                .isEqualTo(new Attempt.Again("the metadata leader has too many proposals under way"));
    }

    @Test
    void aProposalThatLostItsPlaceMayHaveBeenMade() {
        assertThat(LocalProposals.failed(new ResourceUnavailableException(
                        "1@group-1D6B7D5B6A7F: Failed to add a pending write request for RaftClientRequest:client-1")))
                .isInstanceOf(Attempt.Over.class);
    }

    @Test
    void nobodyIsToldTheWordsOfRatis() {
        assertThat(LocalProposals.failed(new IOException("1@group-1D6B7D5B6A7F: 0x00")))
                .isEqualTo(new Attempt.Over(new Unknown("the metadata leader failed to say what became of it")));
    }
}

package io.walrus.node.port;

import io.walrus.metadata.Command;
import io.walrus.metadata.Result;

/// The replicated metadata as the node uses it.
public interface MetadataPort {
    /// Proposes a command. Never blocks. The reply comes once, from another thread, after the command was applied
    /// here if it was accepted; the node's state changes only by what is applied.
    void propose(Command command, ProposalReply reply);

    /// Whether this node leads the metadata, with all that was committed applied. Cheap, and never blocks.
    boolean leads();

    /// The node that leads the metadata as far as this one knows, 0 if that is nobody. Cheap, and never blocks.
    long leaderId();

    /// Has another node lead the metadata if this one does, as far as there is one that takes it. Never blocks.
    void yieldLead();

    /// Whether a node has a vote in the metadata.
    boolean isMember(long nodeId);

    /// Takes a node's vote away; it may have none. Never blocks. The reply comes once, from another thread.
    void removeMember(long nodeId, RemovalReply reply);

    /// What became of the removal of a member.
    interface RemovalReply {
        /// It has no vote any more.
        void removed();

        /// It can't be as things stand.
        ///
        /// @param reason one line for people, which says what to do
        void refused(String reason);

        /// It was not, or is not known to be: to be asked again.
        ///
        /// @param reason one line for people
        void notYet(String reason);
    }

    /// What became of a proposal.
    interface ProposalReply {
        /// For a proposal whose effect is seen in the metadata, or else is proposed again.
        ProposalReply IGNORED = new ProposalReply() {
            @Override
            public void applied(Result result) {}

            @Override
            public void notProposed(String reason) {}

            @Override
            public void unknown(String reason) {}
        };

        /// It was applied, to effect or not.
        void applied(Result result);

        /// It was not taken and will never be applied.
        ///
        /// @param reason one line for people
        void notProposed(String reason);

        /// It is not known whether it was or will be applied.
        ///
        /// @param reason one line for people
        void unknown(String reason);
    }
}

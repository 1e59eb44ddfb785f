package io.walrus.node.peer;

/// Something that was asked of another node and is not answered yet. One of the methods is called, once.
public interface PendingAnswer {
    /// The other node answered.
    void answered(PeerMessage.Answer answer);

    /// There will be no answer: the connection broke, or it took too long. The other node may have done what was asked.
    ///
    /// @param reason one line for people
    void lost(String reason);

    /// Whether it is better given up once the other node says nothing: it can be asked elsewhere, or others wait
    /// for its end. Else it is waited for until the connection breaks or its time is over.
    default boolean isImpatient() {
        return isOvertaken();
    }

    /// Whether another node leads by now what was asked about. So a node that still speaks, but can't do its work, has
    /// nothing to say of it that is worth waiting for.
    default boolean isOvertaken() {
        return false;
    }
}

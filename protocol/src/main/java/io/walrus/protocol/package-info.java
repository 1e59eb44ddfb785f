/// The wire format of the client port: frames, requests, replies and the texts of errors. No sockets. The specification
/// is `docs/PROTOCOL.md`.
@NullMarked
package io.walrus.protocol;

import org.jspecify.annotations.NullMarked;

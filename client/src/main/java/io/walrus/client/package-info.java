/// The Java client: [WalrusClient]. Sockets and two threads, no dependency but the protocol.
@NullMarked
package io.walrus.client;

import org.jspecify.annotations.NullMarked;

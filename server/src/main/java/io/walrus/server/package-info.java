/// One node as a process: [NodeMain] reads the configuration, [Server] opens the parts in order and closes them in
/// reverse.
@NullMarked
package io.walrus.server;

import org.jspecify.annotations.NullMarked;

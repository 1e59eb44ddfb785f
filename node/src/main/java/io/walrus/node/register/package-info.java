/// The creation of topics, once, whoever asks and however often.
@NullMarked
package io.walrus.node.register;

import org.jspecify.annotations.NullMarked;

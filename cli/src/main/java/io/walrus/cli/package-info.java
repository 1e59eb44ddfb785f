/// The command line: one picocli command a verb, a prompt without one. Standard output carries results, standard
/// error all else.
@NullMarked
package io.walrus.cli;

import org.jspecify.annotations.NullMarked;

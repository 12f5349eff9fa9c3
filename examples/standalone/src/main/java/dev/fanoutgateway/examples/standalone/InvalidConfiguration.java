package dev.fanoutgateway.examples.standalone;

import java.util.List;

/** A configuration file that is refused. */
final class InvalidConfiguration extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    InvalidConfiguration(List<String> problems) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
    }

    /** Each names file, line and key, says what was expected, and shows no secret. */
    List<String> problems() {
        return problems;
    }
}

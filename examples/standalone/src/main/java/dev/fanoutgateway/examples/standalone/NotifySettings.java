package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.examples.standalone.Node.Type;
import dev.fanoutgateway.notify.LogNotifier;
import dev.fanoutgateway.notify.MailNotifier;
import dev.fanoutgateway.notify.MailNotifier.Tls;
import dev.fanoutgateway.notify.RoutingNotifier;
import dev.fanoutgateway.spi.DevNotifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The section {@code notify}.
 *
 * @param log whether the log is told
 * @param mail who else is told: at most one
 * @param digest within which equal messages become one
 */
record NotifySettings(boolean log, List<MailNotifier> mail, Duration digest) {
    /** What YAML makes of 'off' and 'on' stands here, too. */
    private static final Value<Tls> TLS = Value.choice(
            Map.of("none", Tls.NONE, "off", Tls.NONE, "false", Tls.NONE, "starttls", Tls.STARTTLS, "smtps", Tls.SMTPS));

    private static final Value<Integer> PORT = new Value<>(
            "a port from 1 to 65535",
            Value.NUMBER.types(),
            true,
            text -> Value.NUMBER
                    .reading()
                    .apply(text)
                    .filter(port -> port >= 1 && port <= 65_535)
                    .map(Long::intValue));
    private static final Duration LONGEST_DIGEST = Duration.ofDays(1);

    static NotifySettings read(Section root) {
        Section in = root.sectionOrEmpty("notify");
        boolean log = log(in);
        List<MailNotifier> mail = new ArrayList<>();
        in.section("mail").flatMap(NotifySettings::mail).ifPresent(mail::add);
        in.node("webhook");
        in.set("digest", Value.DURATION, NotifySettings::checkDigest);
        in.end();
        Duration digest = in.value("digest", Value.DURATION).orElse(Duration.ofMinutes(5));
        return new NotifySettings(log, List.copyOf(mail), digest);
    }

    /** Whoever is to be told; nobody if nobody is named. */
    DevNotifier notifier() {
        if (!log && mail.isEmpty()) {
            return message -> CompletableFuture.completedFuture(null);
        }
        RoutingNotifier.Builder all = RoutingNotifier.builder();
        if (log) {
            all.to(new LogNotifier());
        }
        mail.forEach(all::to);
        return all.build();
    }

    private static boolean log(Section in) {
        Optional<Node> node = in.node("log");
        if (node.isEmpty()) {
            return true;
        }
        if (node.get() instanceof Scalar scalar) {
            boolean off = scalar.type() == Type.NULL || (scalar.type() == Type.BOOLEAN && !Value.isTrue(scalar.text()));
            if (!off) {
                in.problems().add(scalar.line(), in.pathOf("log"), "{} or null", scalar.kind());
            }
            return false;
        }
        in.sectionOrEmpty("log").end();
        return true;
    }

    private static Optional<MailNotifier> mail(Section in) {
        MailNotifier.Builder mail = MailNotifier.builder();
        int before = in.problems().lines().size();
        in.required("host", Value.TEXT).ifPresent(host -> in.check("host", () -> mail.host(host)));
        in.set("port", PORT, mail::port);
        in.valueOrNull("username", Value.SECRET).ifPresent(name -> in.check("username", () -> mail.username(name)));
        in.valueOrNull("password", Value.SECRET).ifPresent(word -> in.check("password", () -> mail.password(word)));
        in.set("tls", TLS, mail::tls);
        in.required("from", Value.TEXT).ifPresent(from -> in.check("from", () -> mail.from(from)));
        List<String> to = in.oneOrMore("to", Value.TEXT);
        in.check("to", () -> mail.to(to.toArray(String[]::new)));
        if (to.isEmpty()) {
            in.missing("to", "a list of at least one address");
        }
        in.end();
        if (in.problems().lines().size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(mail.build());
        } catch (IllegalStateException e) {
            in.problems().add(in.line(), in.path(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static void checkDigest(Duration digest) {
        if (digest.isZero() || digest.compareTo(LONGEST_DIGEST) > 0) {
            throw new IllegalArgumentException("expected a digest time of 1ms to 24h, got " + digest);
        }
    }
}

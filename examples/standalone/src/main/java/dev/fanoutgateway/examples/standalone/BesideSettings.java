package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.DivergenceCheck;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.Sample;
import dev.fanoutgateway.Shadow;
import dev.fanoutgateway.examples.standalone.Node.Type;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what is done beside a route's requests: the keys {@code shadow} and {@code divergence}. */
final class BesideSettings {
    private static final Value<String> PLACE =
            Value.text("a JSON Pointer such as /meta or /items/*/updated", Optional::of);

    private static final Value<Integer> COUNT = new Value<>(
            "a whole number",
            Set.of(Type.NUMBER),
            true,
            text -> text.matches("0|[1-9]\\d{0,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty());

    /** Stands for what is wrong, so that reading can go on. */
    private Sample sample = Sample.share(0);

    private Shadow shadow = Shadow.to("", sample);
    private DivergenceCheck check = DivergenceCheck.of(sample);

    private BesideSettings() {}

    /** @param groups the names of all backend groups */
    static void read(Section in, Route.Builder route, List<String> groups) {
        in.section("shadow").ifPresent(section -> route.shadow(new BesideSettings().shadow(section, groups)));
        in.section("divergence").ifPresent(section -> route.compare(new BesideSettings().divergence(section)));
    }

    private Shadow shadow(Section in, List<String> groups) {
        Optional<String> group = in.required("backends", Value.nameOf("backends", groups));
        sample(in);
        shadow = Shadow.to(group.orElse(""), sample);
        in.set("timeout", Value.DURATION, timeout -> shadow = shadow.timeout(timeout));
        in.set("unsafe-methods", Value.FLAG, unsafe -> shadow = unsafe ? shadow.withUnsafeMethods() : shadow);
        in.end();
        return shadow;
    }

    private DivergenceCheck divergence(Section in) {
        sample(in);
        check = DivergenceCheck.of(sample);
        List<String> ignored = in.list("ignore", PLACE);
        in.check("ignore", () -> check = check.ignoring(ignored.toArray(String[]::new)));
        in.set("max-body", Value.SIZE, bytes -> check = check.maxBodyBytes(bytes));
        in.set("timeout", Value.DURATION, timeout -> check = check.timeout(timeout));
        in.set("confirm-after", Value.DURATION, pause -> check = check.confirmAfter(pause));
        in.end();
        return check;
    }

    private void sample(Section in) {
        in.required("share", Value.SHARE).ifPresent(share -> in.check("share", () -> sample = Sample.share(share)));
        in.set("limit", Value.RATE, limit -> sample = sample.limit(limit));
        in.set("max-in-flight", COUNT, most -> sample = sample.maxInFlight(most));
    }
}

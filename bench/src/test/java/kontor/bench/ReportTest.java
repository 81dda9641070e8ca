package kontor.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import kontor.bench.Basket.Demand;
import kontor.bench.RawOrders.Style;
import kontor.bench.Variant.Driver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
    private static final Machine MACHINE =
            new Machine("Some <Processor> & Co. | 3 GHz", 2, 24_000, "Linux 6.1", "25.0.3", Map.of("fsync", "on"));

    private final RawSpeed raw = new RawSpeed();
    private final Results results = new Results();

    ReportTest() {
        var variant = new Variant(Driver.JDBC, Style.FUNCTION, Demand.UNIFORM, 8);
        raw.before(variant, Samples.measured("raw", 4_000));
        raw.after(variant, Samples.measured("raw", 5_000));
        results.slice(UnderLoad.PART, Goal.B3, Samples.measured("64 connections", 8_000));
        results.slice(UnderLoad.PART, Goal.B3, Samples.measured("64 connections", 10_000));
        results.set(Goal.B3_P99, 50);
        results.note("mind <this> | & that");
    }

    @Test
    void theJsonHasAllOfIt() {
        var json = json("--orders", "7");
        assertThat(json.at("/at").asString()).isEqualTo("2026-11-25T09:15:30Z");
        assertThat(json.at("/commit").asString()).isEqualTo("1a2b3c4d5e");
        assertThat(json.at("/partial").asBoolean()).isFalse();
        assertThat(json.at("/options/orders").asLong()).isEqualTo(7);
        assertThat(json.at("/machine/processor").asString()).isEqualTo(MACHINE.processor());
        assertThat(json.at("/machine/postgresql/fsync").asString()).isEqualTo("on");
        assertThat(json.at("/reference/per_second").asDouble()).isEqualTo(4_500);
        assertThat(json.at("/reference/drift").asDouble()).isEqualTo(0.25);
        assertThat(json.at("/reference/variants/0/before/0/per_second").asDouble())
                .isEqualTo(4_000);
        assertThat(json.at("/measurements/1/goal").asString()).isEqualTo("B3");
        assertThat(json.at("/measurements/1/p99_millis").asDouble()).isEqualTo(20);
        assertThat(json.at("/notes/0").asString()).isEqualTo("mind <this> | & that");
    }

    @Test
    void aFigureIsTheMeanOfItsSlicesAndHeldAgainstItsGoal() {
        var goals = json().at("/goals");
        assertThat(goals.at("/0/goal").asString()).isEqualTo("B3");
        assertThat(goals.at("/0/figure").asDouble()).isEqualTo(9_000);
        assertThat(goals.at("/0/held_against").asDouble()).isEqualTo(4_500);
        assertThat(goals.at("/1/held_against").isNull()).isTrue();
        assertThat(goals.at("/0/score").asDouble()).isEqualTo(2);
        assertThat(goals.at("/0/target").asDouble()).isEqualTo(1.6);
        assertThat(goals.at("/0/reached").asBoolean()).isTrue();
        assertThat(goals.at("/1/goal").asString()).isEqualTo("B3_P99");
        assertThat(goals.at("/1/reached").asBoolean()).isFalse();
    }

    @Test
    void aRunWithoutTheReferenceSaysSo() {
        var json = JsonMapper.shared().readTree(ReportJson.of(report(new RawSpeed())));
        assertThat(json.at("/reference/per_second").isNull()).isTrue();
        assertThat(json.at("/reference/drift").isNull()).isTrue();
    }

    @Test
    void theTableTellsWhatIsReachedAndEscapesWhatWouldBreakIt() {
        results.fail("the audit found | something");
        var table = ReportTable.of(report(raw));
        assertThat(table)
                .contains("| B3 | POST /orders, 64 connections | 9,000 /s | 2 × raw | ≥ 1.60 × raw | reached |")
                .contains("| 50 ms | 50 ms | ≤ 40 ms | **not reached** |")
                .contains("4,000 | 5,000 | +25.0 % |")
                .contains("- mind &lt;this> \\| & that\n")
                .contains("**Failed: the audit found \\| something**")
                .contains("(2026-11-25T091530Z-1a2b3c4d5e.svg)")
                .doesNotContain("partial");
        assertThat(table.lines().filter(line -> line.startsWith("| Processor")))
                .containsExactly("| Processor | Some &lt;Processor> & Co. \\| 3 GHz, 2 cores |");
    }

    @Test
    void aPartialRunSaysSoInEveryForm() throws Exception {
        var report = report(raw, "--only", "B5,B3");
        assertThat(ReportTable.of(report)).contains("**A partial run: only B3, B5.**");
        assertThat(ReportChart.of(report)).contains("A partial run: only B3, B5.");
        assertThat(json("--only", "B5,B3").at("/partial").asBoolean()).isTrue();
        assertThat(json("--only", "B5,B3").at("/options/only").toString()).isEqualTo("[\"B3\",\"B5\"]");
    }

    @Test
    void theChartIsXmlWithoutAnythingFromElsewhere() throws Exception {
        var chart = chart(report(raw));
        assertThat(chart.getDocumentElement().getTagName()).isEqualTo("svg");
        for (var foreign : List.of("image", "script", "use", "foreignObject"))
            assertThat(chart.getElementsByTagName(foreign).getLength()).isZero();
        assertThat(ReportChart.of(report(raw)).replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http", "url(", "@import");
    }

    @Test
    void aBarReachesTheLineWhenTheGoalIsReached() throws Exception {
        var chart = chart(report(raw));
        var target = number((Element) chart.getElementsByTagName("line").item(0), "x1");
        var bars = new ArrayList<Element>();
        var all = chart.getElementsByTagName("rect");
        for (var i = 0; i < all.getLength(); i++)
            if (all.item(i) instanceof Element bar
                    && List.of("reached", "missed").contains(bar.getAttribute("class"))) bars.add(bar);
        assertThat(bars).extracting(bar -> bar.getAttribute("class")).containsExactly("reached", "missed");
        assertThat(end(bars.getFirst())).isGreaterThan(target);
        assertThat(end(bars.getLast())).isLessThan(target);
    }

    @Test
    void barsEndWithinTheChart() {
        assertThat(ReportChart.length(new Finding(Goal.B7, -1, -1)))
                .isEqualTo(ReportChart.length(new Finding(Goal.B8, 1e9, 1e9)));
        assertThat(ReportChart.length(new Finding(Goal.B8, 0, 0))).isZero();
        assertThat(ReportChart.length(new Finding(Goal.B13, Double.NaN, Double.NaN)))
                .isZero();
    }

    @Test
    void textIsEscapedForXml() {
        assertThat(ReportChart.escaped("a<b> & \"c\" \u0007")).isEqualTo("a&lt;b&gt; &amp; &quot;c&quot; \uFFFD");
    }

    @Test
    void theFilesAreNamedAfterTimeAndCommitAndKeepNoPathsOfTheMachine(@TempDir Path folder) throws IOException {
        report(raw, "--data", "/somewhere/on/this/machine").write(folder.resolve("results"));
        try (var files = Files.list(folder.resolve("results"))) {
            var written = files.sorted().toList();
            assertThat(written)
                    .extracting(file -> file.getFileName().toString())
                    .containsExactly(
                            "2026-11-25T091530Z-1a2b3c4d5e.json",
                            "2026-11-25T091530Z-1a2b3c4d5e.md",
                            "2026-11-25T091530Z-1a2b3c4d5e.svg");
            for (var file : written) assertThat(Files.readString(file)).doesNotContain("somewhere");
        }
    }

    @Test
    void theProcessorsNameIsTheFirstThatLinuxTells() {
        assertThat(Machine.model("processor\t: 0\nmodel name\t: Fast One @ 3 GHz \nmodel name\t: Other\n"))
                .isEqualTo("Fast One @ 3 GHz");
        assertThat(Machine.model("processor\t: 0\n")).isEqualTo(System.getProperty("os.arch"));
    }

    private JsonNode json(String... options) {
        return JsonMapper.shared().readTree(ReportJson.of(report(raw, options)));
    }

    private Report report(RawSpeed speed, String... options) {
        return Report.of(
                Instant.parse("2026-11-25T09:15:30Z"), "1a2b3c4d5e", MACHINE, Options.parse(options), speed, results);
    }

    private static Document chart(Report report) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(ReportChart.of(report).getBytes(UTF_8)));
    }

    private static int end(Element bar) {
        return number(bar, "x") + number(bar, "width");
    }

    private static int number(Element element, String attribute) {
        return Integer.parseInt(element.getAttribute(attribute));
    }
}

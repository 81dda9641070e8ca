package kontor.auditlog;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import kontor.web.Page;
import kontor.web.PageRequest;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/** The audit log as staff read it. */
@Service
class Acts {
    private static final int AT_ONCE = 1_000;
    private static final int BUFFER = 1 << 16;

    private final ActStore store;
    private final JsonMapper json;

    Acts(ActStore store, JsonMapper json) {
        this.store = store;
        this.json = json;
    }

    /** The newest first. */
    Page<RecordedAct> list(ActFilter filter, PageRequest page) {
        var before = page.cursor() == null ? null : Long.valueOf(page.after(0));
        return Page.of(store.list(filter, before, page.limit() + 1), page.limit(), act -> PageRequest.cursor(act.id()));
    }

    Optional<RecordedAct> find(long id) {
        return store.find(id);
    }

    /** One JSON object for each act and line, the newest first. Page by page: no transaction waits for the one who reads it. */
    void export(ActFilter filter, OutputStream to) throws IOException {
        var out = new BufferedOutputStream(to, BUFFER);
        var page = store.list(filter, null, AT_ONCE);
        while (!page.isEmpty()) {
            for (var act : page) {
                out.write(json.writeValueAsBytes(act));
                out.write('\n');
            }
            page = store.list(filter, page.getLast().id(), AT_ONCE);
        }
        out.flush();
    }
}

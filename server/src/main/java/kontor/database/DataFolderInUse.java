package kontor.database;

/** The data folder belongs to another Kontor that is running. */
public final class DataFolderInUse extends CannotStart {
    private final long holder;

    DataFolderInUse(DataFolder folder, long holder) {
        super("The data folder %s is in use by another Kontor (process %s). Stop it, or choose another with --data."
                .formatted(folder.path(), holder == 0 ? "unknown" : holder));
        this.holder = holder;
    }

    /** Process id of the other Kontor, 0 when it is not known. */
    public long holder() {
        return holder;
    }
}

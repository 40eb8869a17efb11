/** The columns nearly every table of Cinder begins with: a delete marks the row and keeps it. */
export const softDeletable = `created_at DATETIME,
    updated_at DATETIME,
    deleted_at DATETIME,
    deleted BOOLEAN`;
